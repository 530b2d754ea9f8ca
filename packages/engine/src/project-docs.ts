/** The project's documents that a prompt stage is told (engine reference §10), from its working directory. */
import { FabroError } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import { MAX_PROJECT_DOCS_BYTES } from './limits.js';
import { cutBytes } from './failure.js';

const OF_PROVIDER: Readonly<Record<string, string>> = {
  anthropic: 'CLAUDE.md',
  gemini: 'GEMINI.md',
};
const OPENAI_FAMILY = '.codex/instructions.md';
const CUT = '[Project instructions truncated at 32KB]';

/** AGENTS.md and the document of the model's provider, joined by blank lines; empty when there is none. */
export async function projectDocs(sandbox: Sandbox, provider: string): Promise<string> {
  const texts: string[] = [];
  for (const path of ['AGENTS.md', OF_PROVIDER[provider] ?? OPENAI_FAMILY]) {
    const text = await read(sandbox, path);
    if (text !== undefined && text.trim() !== '' && !texts.includes(text)) texts.push(text);
  }
  const all = texts.map((text) => text.trim()).join('\n\n');
  if (Buffer.byteLength(all) <= MAX_PROJECT_DOCS_BYTES) return all;
  return `${cutBytes(all, MAX_PROJECT_DOCS_BYTES)}\n\n${CUT}`;
}

async function read(sandbox: Sandbox, path: string): Promise<string | undefined> {
  if ((await sandbox.stat(path))?.kind !== 'file') return undefined;
  try {
    const bytes = await sandbox.readFile(path, { maxBytes: 4 * MAX_PROJECT_DOCS_BYTES });
    return new TextDecoder().decode(bytes);
  } catch (error) {
    // A document that is too large, or gone since, is no reason to fail: the stage does without.
    if (error instanceof FabroError) return undefined;
    throw error;
  }
}
