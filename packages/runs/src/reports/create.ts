/** Builds the part of the run service that only looks. */
import type { Journal } from '@fabro/journal';
import { nameableEnv } from '@fabro/settings';
import { callerFolder } from '../caller-folder.js';
import type { Lookups } from '../lookups.js';
import type { CheckedManifest } from '../manifest/check.js';
import { settingsOf } from '../manifest/plan.js';
import { pageOf } from '../page.js';
import { readStream } from '../read-stream.js';
import { listRetros, readRetro } from '../retro/read.js';
import { listArtifacts, readArtifact } from './artifacts.js';
import { commitsOf } from './commits.js';
import { diffOf, spanOf } from './diff.js';
import { followAll } from './follow-all.js';
import { preflight, type PreflightPorts } from './preflight.js';
import type { RunReports } from './service.js';

export interface ReportPorts extends PreflightPorts {
  readonly journal: Journal;
}

export function createReports(look: Lookups, ports: ReportPorts): RunReports {
  const { journal } = ports;
  return {
    async retro(id) {
      return readRetro(journal, look.run(id));
    },

    async retros(page, filter) {
      return pageOf(page, (limit, offset) => listRetros(journal, look, filter, limit, offset));
    },

    async diff(id, wish, signal) {
      const run = look.run(id);
      const commits = await commitsOf(readStream(journal, run));
      const span = spanOf(run, wish, commits);
      const folders = [
        ...repositoryOf(look.manifest(run), commits.local, ports),
        ...(commits.worktree === undefined ? [] : [commits.worktree]),
      ];
      return diffOf(run, span, { git: ports.git, folders }, signal);
    },

    async artifacts(id, stage) {
      return listArtifacts(journal, look.run(id), stage);
    },

    async artifact(id, wish) {
      return readArtifact(journal, look.run(id), wish);
    },

    preflight: (manifest, caller, signal) =>
      preflight(manifest, caller.transport === 'unix', ports, signal),

    async followAll({ runs, ...request }) {
      const only = runs === undefined ? {} : { runs: new Set(runs.map((id) => look.run(id))) };
      return followAll(journal, { ...request, ...only });
    },
  };
}

/** The caller's folder; none when the settings name a variable that is no longer there. */
function repositoryOf(
  checked: CheckedManifest,
  local: boolean,
  { env, envAllow }: ReportPorts,
): readonly string[] {
  try {
    const nameable = nameableEnv(env, { local, allow: envAllow });
    return [callerFolder(checked.manifest.cwd, settingsOf(checked), nameable)];
  } catch {
    return []; // The worktree has the same commits.
  }
}
