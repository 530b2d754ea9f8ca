/** Entry point of the program `fabro`: the one module that runs when it is loaded. */
import { runCli } from './cli.js';
import { processIo } from './process-io.js';

// A reader that went away (`fabro logs | head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

process.exitCode = await runCli(process.argv.slice(2), processIo());
