/** What stops the passes, as diagnostics. */
import type { Owner } from './graph/assemble.js';
import type { Attribute } from './graph/attributes.js';
import { positionInText } from './graph/position-in-text.js';
import type { ImportFailure } from './imports/expand-imports.js';
import type { Diagnostic } from './lint/diagnostic.js';
import type { TemplateError, TemplatePlace } from './templates/engine.js';
import type { TemplateProblem } from './templates/expand.js';
import { type Position, START_OF_TEXT, positionAt } from './text/position.js';

const EXPANSION_FAILED = 'Parse error: template expansion failed';

/** A text that could not be rendered as a whole. */
export function wholeFailure(error: TemplateError, source: string): Diagnostic {
  const { place, message } = error;
  return templateError(error, {
    message: `${at(place)}${message}`,
    position: place === undefined ? START_OF_TEXT : positionAt(source, place),
  });
}

/** An imported text that could not be rendered as a whole. */
export function importFailure({ path, error, node, position }: ImportFailure): Diagnostic {
  const { line, column } = error.place ?? START_OF_TEXT;
  return {
    ...templateError(error, {
      message: `${path}: ${at(error.place)}${error.message}`,
      position: { ...position, origin: { path, line, column } },
    }),
    node_id: node,
  };
}

/** A value whose template could not be rendered. */
export function attributeFailure({ owner, key, attribute, error }: TemplateProblem): Diagnostic {
  const position = positionOf(attribute, error.place);
  const { origin } = position;
  // A file's place is known as far as the engine knows it; a value's at least by its attribute.
  const where = attribute.file === undefined ? at(origin ?? position) : at(error.place);
  const inText = origin === undefined ? '' : `${origin.path}: `;
  return {
    ...templateError(error, {
      message: `${inText}${where}${ownerName(owner)}, attribute ${key}: ${error.message}`,
      position,
    }),
    node_id: owner.kind === 'node' ? owner.id : null,
    edge: owner.kind === 'edge' ? [owner.from, owner.to] : null,
  };
}

function positionOf(attribute: Attribute, place: TemplatePlace | undefined): Position {
  const { position, file, value } = attribute;
  if (file !== undefined) {
    const { line, column } = place ?? START_OF_TEXT;
    return { ...position, origin: { path: file, line, column } };
  }
  return place === undefined || typeof value !== 'string'
    ? position
    : positionInText(attribute, positionAt(value, place).offset);
}

function templateError(
  { remedy }: TemplateError,
  found: Pick<Diagnostic, 'message' | 'position'>,
): Diagnostic {
  return {
    rule: 'template_error',
    severity: 'error',
    node_id: null,
    edge: null,
    fix: remedy ?? null,
    ...found,
    message: `${EXPANSION_FAILED}: ${found.message}`,
  };
}

function at(place: TemplatePlace | undefined): string {
  return place === undefined ? '' : `line ${place.line}, column ${place.column}: `;
}

function ownerName(owner: Owner): string {
  switch (owner.kind) {
    case 'graph':
      return 'graph';
    case 'node':
      return `node '${owner.id}'`;
    case 'edge':
      return `edge ${owner.from} -> ${owner.to}`;
    default:
      return owner satisfies never;
  }
}
