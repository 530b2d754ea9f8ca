/** The reference page of the settings, made from their schema. */

const INTRO = [
  'Settings are TOML. Files are read from `~/.fabro/settings.toml` (or the file that `FABRO_CONFIG` names), ' +
    "`.fabro/project.toml` of the project around the caller's folder, and the `workflow.toml` of the workflow. " +
    'The nearer wins: command line, workflow, project, user, defaults. `fabro settings` shows what holds and ' +
    'where each value comes from.',
  'All files have one schema. `_version = 1` may stand at the top. A key that is not on this page is a mistake, ' +
    'which is named with its line, the nearest known key, or its new place if older files had it.',
  'A *duration* is a text of one whole number and one unit: `ms`, `s`, `m`, `h` or `d`. A *size* is a number, ' +
    'which means GB, or a text with one of `B`, `KB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB`, `TiB`. ' +
    '`{{ env.NAME }}` in a text is replaced when the value is used, and not when the file is read.',
  'Tables of parts that this release does not have yet are read and checked all the same; ' +
    '[Compatibility](../compatibility.md) lists those parts.',
];

const MERGE = {
  none: ['replaces', 'The nearest file that has the value gives it.'],
  replace: ['whole', 'The nearest file that has the table or list gives all of it.'],
  replace_unless_empty: ['whole, if not empty', 'The same, but an empty list changes nothing.'],
  splice: ['splice', 'A list in which `"..."` stands for the list of the farther files.'],
  by_id: [
    'by id',
    'A table takes the place of that with its `id` in a farther file; the others follow.',
  ],
  keys: [
    'by key',
    'Each key for itself: the files are united, and the nearer wins where both have it.',
  ],
};

/** A section for each table, with every key of it. */
export async function settingsPage({ load, page, table }) {
  const { z } = await import('zod');
  const folder = 'packages/settings/src';
  const { SettingsTables } = await load(`${folder}/schema/tables.ts`);
  const { KEY_DOCS } = await load(`${folder}/schema/key-docs.ts`);
  const { DEFAULTS, ENTRY_DEFAULTS } = await load(`${folder}/defaults.ts`);
  const { ruleAt } = await load(`${folder}/merge-rules.ts`);
  const { durationText, sizeText } = await load(`${folder}/text/written.ts`);
  const { tomlValue } = await load(`${folder}/show/toml-text.ts`);

  const sections = [];
  const visit = (schema, path, list = false) => {
    const inner = bare(schema, z);
    if (inner instanceof z.ZodRecord) return visit(inner.valueType, [...path, '*'], list);
    if (inner instanceof z.ZodArray) return visit(inner.element, path, true);
    if (inner instanceof z.ZodUnion)
      return inner.options.forEach((option) => visit(option, path, list));
    if (Object.keys(inner.shape).length === 0) return undefined;
    const rows = [];
    const tables = [];
    for (const [key, value] of Object.entries(inner.shape)) {
      const here = [...path, key];
      const doc = KEY_DOCS.get(value) ?? KEY_DOCS.get(bare(value, z));
      if (doc === undefined) tables.push([value, here]);
      else
        rows.push([
          `\`${key}\``,
          typeText(doc),
          defaultText(here, doc),
          mergeText(here, value),
          doc.doc,
        ]);
    }
    if (rows.length > 0)
      sections.push(
        `## ${headOf(path, list, inner)}`,
        table(['key', 'type', 'default', 'merge', 'what it is'], rows),
      );
    for (const [value, here] of tables) visit(value, here);
    return undefined;
  };

  const headOf = (path, list, object) => {
    const name = path.map((key) => (key === '*' ? '<name>' : key)).join('.');
    const tag = object.shape.type === undefined ? undefined : bare(object.shape.type, z).value;
    const head = list ? `[[${name}]]` : `[${name}]`;
    return tag === undefined ? `\`${head}\`` : `\`${head}\` with \`type = "${tag}"\``;
  };

  const typeText = ({ type }) =>
    type.includes(' | ') && !type.includes('list of')
      ? type
          .split(' | ')
          .map((word) => `\`${word}\``)
          .join(', ')
      : type.replace(/\{.*\}/, (form) => `\`${form}\``);

  const defaultText = (path, doc) => {
    if (doc.default !== undefined)
      return /^["~]|^(true|false|\d+)$/.test(doc.default) ? `\`${doc.default}\`` : doc.default;
    const entry = ENTRY_DEFAULTS[path.slice(0, -1).join('.')];
    const value = (entry ?? path.slice(0, -1).reduce((at, key) => at?.[key], DEFAULTS))?.[
      path.at(-1)
    ];
    if (value === undefined) return '';
    if (doc.unit === 'duration') return `\`"${durationText(value)}"\``;
    if (doc.unit === 'size') return `\`"${sizeText(value)}"\``;
    return `\`${tomlValue(value)}\``;
  };

  const mergeText = (path, schema) => {
    for (let length = 1; length <= path.length; length++) {
      const rule = ruleAt(path.slice(0, length));
      if (rule === undefined) continue;
      const [word] = MERGE[rule];
      return length === path.length ? word : `${word} (\`${path.slice(0, length).join('.')}\`)`;
    }
    return bare(schema, z) instanceof z.ZodRecord ? MERGE.keys[0] : MERGE.none[0];
  };

  for (const [name, schema] of Object.entries(SettingsTables.shape)) visit(schema, [name]);
  return page(
    'Settings',
    ...INTRO,
    '## How files meet',
    table(
      ['merge', 'what holds'],
      Object.values(MERGE).map(([word, text]) => [word, text]),
    ),
    ...sections,
    '## Spellings of March 2026',
    'These are still read. With the spelling of today in the same file they are a mistake.',
    table(
      ['older', 'today'],
      (await load(`${folder}/aliases.ts`)).ALIASES.map(({ old, now }) => [
        `\`${old.join('.')}\``,
        `\`${now.join('.')}\``,
      ]),
    ),
    '## Keys that have moved',
    'At the top of older files; today they are mistakes that name the new place.',
    table(
      ['older', 'today'],
      Object.entries((await load(`${folder}/rename-hints.ts`)).MOVED).map(([old, now]) => [
        `\`${old}\``,
        `\`${now}\``,
      ]),
    ),
  );
}

function bare(schema, z) {
  return schema instanceof z.ZodOptional ? bare(schema.unwrap(), z) : schema;
}
