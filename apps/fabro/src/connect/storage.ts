/** Files of a storage root that the command line reads. */
import { join } from 'node:path';

export interface StorageFiles {
  readonly root: string;
  /** Written by a running server: pid, address, version. */
  readonly record: string;
  /** Written by the server, readable by its user only. */
  readonly devToken: string;
  readonly logs: string;
  readonly serverLog: string;
}

/** The files below a storage root. */
export function storageFiles(root: string): StorageFiles {
  return {
    root,
    record: join(root, 'server.json'),
    devToken: join(root, 'server.dev-token'),
    logs: join(root, 'logs'),
    serverLog: join(root, 'logs', 'server.log'),
  };
}
