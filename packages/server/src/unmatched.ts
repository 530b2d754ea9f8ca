/** Requests that no route takes: 405 with `Allow` where the path exists, else 404. */
import { errorResponse, type HttpEnv } from '@fabro/http';
import type { NotFoundHandler } from 'hono';
import type { Api } from './context.js';
import { REMOVED_OPERATIONS } from './not-built-operations.js';
import { API } from './urls.js';

interface KnownPath {
  readonly pattern: RegExp;
  readonly method: string;
}

/** Reads the routes when it is made, so it comes after all of them. */
export function unmatched(api: Api): NotFoundHandler<HttpEnv> {
  const known: KnownPath[] = api.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route'
      ? [
          {
            pattern: patternOf(definition.route.path),
            method: definition.route.method.toUpperCase(),
          },
        ]
      : [],
  );
  const removed = REMOVED_OPERATIONS.map(([method, path]) => ({
    method: method.toUpperCase(),
    pattern: patternOf(path),
  }));
  return (c) => {
    const { method, path } = c.req;
    const requestId = c.get('requestId');
    const isRemoved = removed.some((entry) => entry.method === method && entry.pattern.test(path));
    const allowed = isRemoved ? [] : methodsAt(known, path);
    if (allowed.length === 0)
      return errorResponse({
        status: 404,
        detail: `No operation ${method} ${path}; ${API}/openapi.json lists all of them.`,
        code: 'not_found',
        requestId,
      });
    const allow = allowed.join(', ');
    return errorResponse(
      { status: 405, detail: `${path} does not take ${method}; expected ${allow}.`, requestId },
      { allow },
    );
  };
}

function methodsAt(known: readonly KnownPath[], path: string): readonly string[] {
  const methods = new Set(
    known.filter((entry) => entry.pattern.test(path)).map((entry) => entry.method),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].toSorted();
}

function patternOf(template: string): RegExp {
  return new RegExp(
    `^${template.replaceAll('.', String.raw`\.`).replaceAll(/\{.+?\}/g, '[^/]+')}$`,
  );
}
