/** What a sync costs on this disk: most figures stand and fall with it. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './statistics.js';
import { inTempFolder } from './temp-folder.js';

const PAGE = Buffer.alloc(4096);
const SYNCS = 200;

/** Milliseconds of one page written over an old one and synced; the median of 200. */
export async function syncCostMs(): Promise<number> {
  return await inTempFolder(async (folder) => {
    const file = openSync(join(folder, 'page'), 'w');
    try {
      return median(
        Array.from({ length: SYNCS }, () => {
          const startedAt = performance.now();
          writeSync(file, PAGE, 0, PAGE.length, 0);
          fdatasyncSync(file);
          return performance.now() - startedAt;
        }),
      );
    } finally {
      closeSync(file);
    }
  });
}
