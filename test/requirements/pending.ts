/**
 * Requirements that no test cites yet: commands of later releases, which do not exist today. The list only
 * shrinks: an id leaves it when a test cites it.
 */
import type { RequirementId } from './index.js';

export const PENDING: readonly RequirementId[] = [
  // They need a sandbox that is another machine: with the local one the files lie in the worktree.
  '§13 sandbox cp',
  '§13 sandbox preview',
  '§13 sandbox ssh',
  // They come with pull requests, which need GitHub.
  '§13 pr create',
  '§13 pr view',
  '§13 pr merge',
  '§13 pr close',
  // They come with models of all providers and their keys.
  '§13 model list',
  '§13 model list --mode',
  '§13 model test',
  '§13 secret list',
  '§13 secret rm',
  '§13 secret set',
  '§13 provider login',
  '§13 llm prompt',
  '§13 llm chat',
  '§13 exec',
  // They come with signing in and the web interface.
  '§13 auth login',
  '§13 auth logout',
  '§13 auth status',
  '§13 server start --web',
  '§13 install',
  '§13 install github',
  // They need a release that can be downloaded, and pages at an address.
  '§13 upgrade',
  '§13 uninstall',
  '§13 docs',
  '§13 discord',
];
