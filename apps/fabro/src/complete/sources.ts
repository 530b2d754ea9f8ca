/** Looks up what a completion needs of the world: quickly, and without starting anything. */
import { CATALOGUE, PROVIDERS } from '@fabro/models';
import { apiFor, findLocal } from '../connect/connect.js';
import { parseAddress } from '../connect/address.js';
import { cliSettings } from '../connect/settings.js';
import { storageFiles } from '../connect/storage.js';
import type { Io } from '../io.js';
import { COMPLETION_MS, COMPLETION_RUNS } from '../limits.js';
import { findProject } from '../manifest/project.js';
import { workflowNames } from '../manifest/resolve-workflow.js';
import { formatAge } from '../render/format.js';
import { statusText } from '../render/run-table.js';
import type { Candidate, Source } from './wanted.js';

/** Candidates of a source; none when it cannot say in time, since nobody waits for a completion. */
export async function candidatesOf(io: Io, source: Source): Promise<readonly Candidate[]> {
  switch (source) {
    case 'workflows':
      return quickly(io, async () => {
        const names = await workflowNames(await findProject(io.cwd, io.env));
        return names.map((value) => ({ value, about: 'workflow' }));
      });
    case 'runs':
      return quickly(io, (signal) => runs(abortable(io, signal)));
    case 'models':
      return CATALOGUE.map(({ id, provider }) => ({ value: id, about: provider }));
    case 'providers':
      return Object.values(PROVIDERS).map(({ id }) => ({ value: id, about: '' }));
    case 'files':
      // The shell knows files best.
      return [];
    default:
      return source satisfies never;
  }
}

async function runs(io: Io): Promise<readonly Candidate[]> {
  const settings = await cliSettings(io);
  const storage = storageFiles(settings.storageRoot);
  let address = settings.target;
  if (address === undefined) {
    const local = await findLocal(io, storage);
    if (local.state !== 'running') return [];
    address = parseAddress(local.record.address, storage.record);
  }
  const api = await apiFor(io, storage, address);
  const { data } = await api.runs({}, { limit: COMPLETION_RUNS, offset: 0 });
  return data.map((run) => ({
    value: run.run_id,
    about: `${run.workflow_slug ?? run.workflow_name ?? ''}, ${statusText(run)}, ${formatAge(io.clock.now() - Date.parse(run.created_at))}`,
  }));
}

/** The same with requests that end when the signal aborts, so that none keeps the process alive. */
function abortable(io: Io, signal: AbortSignal): Io {
  const fetchFor: Io['world']['fetchFor'] = async (address) => {
    const fetch = await io.world.fetchFor(address);
    return (url, init) =>
      fetch(url, {
        ...init,
        signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]),
      });
  };
  return { ...io, world: { ...io.world, fetchFor } };
}

async function quickly(
  io: Io,
  look: (signal: AbortSignal) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const done = new AbortController();
  const late = io.clock.sleepUntil(io.clock.now() + COMPLETION_MS, done.signal).then(
    () => [],
    () => [],
  );
  try {
    return await Promise.race([look(done.signal), late]);
  } catch {
    // A completion has no place for an error; the command itself will say it.
    return [];
  } finally {
    done.abort();
  }
}
