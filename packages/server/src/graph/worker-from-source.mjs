/**
 * Runs the layout worker from its TypeScript source in development and tests. In a thread, tsx has to be
 * registered by code: as an `--import` it acts on the main thread only. The bundle does not contain this file.
 */
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
