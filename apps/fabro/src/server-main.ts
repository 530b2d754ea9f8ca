/** Entry of the server process: one line of JSON when it is ready, then its log on standard error. */
import { FabroError, messageOf } from '@fabro/protocol';
import { startFabro } from './server/compose.js';
import { createLog } from './server/logger.js';
import { serverOptions } from './server/options.js';

async function main(): Promise<void> {
  const log = createLog((line) => process.stderr.write(line), Date.now);
  try {
    const server = await startFabro(
      serverOptions(process.argv.slice(2), process.env, process.cwd()),
      process.env,
      log,
    );
    const { address, version } = server;
    process.stdout.write(`${JSON.stringify({ pid: process.pid, address, version })}\n`);
    log('info', { pid: process.pid, address, version }, 'ready');
    let stopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) return;
      stopping = true;
      log('info', { signal }, 'stopping');
      void server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          log('error', { error: messageOf(error) }, 'the server did not stop in order');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', stop);
  } catch (error) {
    const code = error instanceof FabroError ? error.code : 'internal';
    process.stdout.write(`${JSON.stringify({ error: { code, message: messageOf(error) } })}\n`);
    if (code === 'internal')
      log(
        'error',
        { error: error instanceof Error ? error.stack : String(error) },
        'the server could not start',
      );
    process.exitCode = 1;
  }
}

void main();
