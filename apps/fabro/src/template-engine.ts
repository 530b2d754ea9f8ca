import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TemplateEngine } from '@fabro/workflow';
import { createMiniJinja, miniJinjaWasm } from '@fabro/workflow/minijinja';

/** MiniJinja, read from its package when the first template is rendered. */
export function templateEngine(): TemplateEngine {
  return createMiniJinja({ wasm: () => readFileSync(fileURLToPath(miniJinjaWasm())) });
}
