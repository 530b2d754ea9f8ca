import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMiniJinja, miniJinjaWasm } from '@fabro/workflow/minijinja';

/** The real engine. */
export const ENGINE = createMiniJinja({ wasm: () => readFileSync(fileURLToPath(miniJinjaWasm())) });
