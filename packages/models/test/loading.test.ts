import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('provider packages are loaded at the first answer, never by an import (design 17)', async () => {
  const folder = fileURLToPath(new URL('../src/ai-sdk/', import.meta.url));
  const names = await readdir(folder);
  const sources = await Promise.all(names.map((name) => readFile(`${folder}${name}`, 'utf8')));
  const statements = sources.flatMap(
    (source) => source.match(/^import\b[^;]*?from '@ai-sdk\/[^']+'/gm) ?? [],
  );
  expect(statements.length).toBeGreaterThan(0);
  expect(statements.filter((statement) => !statement.startsWith('import type'))).toEqual([]);
  const loaded = sources.flatMap((source) => source.match(/import\('@ai-sdk\/[^']+'\)/g) ?? []);
  expect(loaded.toSorted()).toEqual([
    "import('@ai-sdk/anthropic')",
    "import('@ai-sdk/openai')",
    "import('@ai-sdk/openai-compatible')",
  ]);
});
