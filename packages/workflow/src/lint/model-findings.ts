/** Unknown names of models and providers, in the words that rules about them share. */
import type { ModelNames } from '../model-names/model-names.js';
import { didYouMean } from './did-you-mean.js';

interface NamedThings {
  readonly model: string | undefined;
  readonly provider: string | undefined;
}

interface NameFinding {
  readonly message: string;
  readonly fix: string;
}

interface UnknownNames {
  readonly model?: NameFinding;
  readonly provider?: NameFinding;
}

/** Says what is unknown among names; `where` is as in `on node 'x'`. Looks for near names once for each name. */
export function nameChecker(
  names: ModelNames,
): (given: NamedThings, where: string) => UnknownNames {
  const modelFixes = new Map<string, string>();
  const modelFix = (model: string): string => {
    const fix = modelFixes.get(model) ?? fixOfModel(model, names);
    modelFixes.set(model, fix);
    return fix;
  };
  return ({ model, provider }, where) => {
    const known = provider === undefined ? undefined : names.provider(provider);
    // Who takes any model takes this one.
    const modelIsFree = known !== undefined && !known.listsModels;
    return {
      ...(model === undefined || modelIsFree || names.model(model) !== undefined
        ? {}
        : {
            model: {
              message: `Unknown model '${model}' ${where}. Run \`fabro model list\` to see available models`,
              fix: modelFix(model),
            },
          }),
      ...(provider === undefined || known !== undefined
        ? {}
        : {
            provider: {
              message: `Unknown provider '${provider}' ${where}. Valid providers: ${names.providers.join(', ')}`,
              fix: didYouMean(provider, names.providers),
            },
          }),
    };
  };
}

function fixOfModel(model: string, names: ModelNames): string {
  const [near] = names.similarModels(model);
  return near === undefined
    ? 'Name a model of `fabro model list`, or the provider that has this one'
    : `Did you mean '${near}'?`;
}
