/** The template engine: MiniJinja itself, as WebAssembly. */
import { Environment } from 'minijinja-js/dist/bundler/minijinja_js_bg.js';
import { MAX_TEMPLATE_PAGES } from '../limits.js';
import { type TemplateEngine, TemplateError, type TemplateVariables } from '../templates/engine.js';
import { Instance, activate } from './instance.js';
import { TEMPLATE_NAME, readFailure } from './failure.js';

export interface MiniJinjaOptions {
  /** The bytes behind `miniJinjaWasm()`. Asked for once, when the first template is rendered. */
  readonly wasm: () => Uint8Array;
}

/**
 * An engine that loads MiniJinja when it is first used. Its copy may use 64 MiB, is replaced after a panic,
 * and gives its memory back when a rendering was large.
 */
export function createMiniJinja({ wasm }: MiniJinjaOptions): TemplateEngine {
  let instance: Instance | undefined;
  /** Kept as long as the same variables come in: to hand them over costs more than most templates. */
  let bound:
    | { readonly environment: Environment; readonly variables: TemplateVariables }
    | undefined;

  const environmentFor = (variables: TemplateVariables): Environment => {
    if (bound?.variables === variables) return bound.environment;
    bound?.environment.free();
    bound = undefined;
    const environment = new Environment();
    // Its finaliser would free it in whatever copy is current by then. It is freed here, or with its copy.
    environment.__wbg_ptr = environment.__destroy_into_raw();
    environment.undefinedBehavior = 'strict';
    // Without it an error has a line and no column.
    environment.debug = true;
    environment.addGlobal('goal', variables.goal);
    environment.addGlobal('inputs', variables.inputs);
    bound = { environment, variables };
    return environment;
  };
  const restart = (): void => {
    bound = undefined;
    instance?.restart();
  };

  return {
    render: (text, variables, fuel) => {
      instance ??= new Instance(wasm());
      activate(instance);
      try {
        const environment = environmentFor(variables);
        environment.fuel = fuel;
        return environment.renderNamedStr(TEMPLATE_NAME, text, {});
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
          restart();
          throw new TemplateError(
            `the template needs more memory than ${MAX_TEMPLATE_PAGES / 16} MiB, or is nested too deeply; make it smaller`,
          );
        }
        throw readFailure(error, text, variables);
      } finally {
        if (instance.isLarge) restart();
      }
    },
  };
}
