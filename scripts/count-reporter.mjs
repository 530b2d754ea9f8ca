/** A vitest reporter that writes `{passed, failed, skipped}` to the file named by FABRO_TEST_COUNTS. */
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      let failedInModule = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed++;
        else if (state === 'failed') failedInModule++;
        else counts.skipped++;
      }
      // A file that does not load, or whose hook fails, has no failing test of its own.
      if (failedInModule === 0 && module.state() === 'failed') failedInModule = 1;
      counts.failed += failedInModule;
    }
    const path = process.env.FABRO_TEST_COUNTS;
    if (path !== undefined) writeFileSync(path, JSON.stringify(counts));
  }
}
