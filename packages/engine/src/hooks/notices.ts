/** What a run says once about its hooks, before the first of them is called. */
import type { EventDraft } from '@fabro/protocol';
import type { Hook } from './hook.js';
import { compileMatcher } from './matching.js';

/** Warnings about hooks that will never decide: of a kind that is not run, or with a matcher that is none. */
export function hookNotices(hooks: readonly Hook[]): readonly EventDraft<'run.notice'>[] {
  return hooks.flatMap((hook) => [...unrunnable(hook), ...unmatched(hook)]);
}

/** Why a hook's transport is not run by this release; undefined when it is. */
export function notRun({ name, transport }: Hook): string | undefined {
  return transport.kind === 'prompt' || transport.kind === 'agent'
    ? `hook "${name}" has the transport ${transport.kind}, which this release does not run; the run proceeds as if it had agreed. Write it as a script or url to have it decide.`
    : undefined;
}

function unrunnable(hook: Hook): readonly EventDraft<'run.notice'>[] {
  const why = notRun(hook);
  return why === undefined ? [] : [warning('hook_not_run', why)];
}

function unmatched({ name, matcher }: Hook): readonly EventDraft<'run.notice'>[] {
  if (matcher === undefined) return [];
  const compiled = compileMatcher(matcher);
  if (compiled.ok) return [];
  return [
    warning(
      'hook_matcher_invalid',
      `hook "${name}": matcher ${JSON.stringify(matcher.slice(0, 100))} is no regular expression (${compiled.why}), so the hook is never called. Correct it in [[run.hooks]].`,
    ),
  ];
}

const warning = (code: string, message: string): EventDraft<'run.notice'> => ({
  event: 'run.notice',
  properties: { level: 'warn', code, message },
});
