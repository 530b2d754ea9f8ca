/** `fabro lsp`: a language server for editors on standard input and output. */
import { FabroError } from '@fabro/protocol';
import { type Context, say } from '../context.js';
import { serveEditor } from '../lsp/serve.js';

/** 0 after an orderly `shutdown` and `exit`, else 1. */
export async function lspCommand(context: Context): Promise<number> {
  const { io } = context;
  if (io.stdin.isTTY)
    say(
      context,
      'This is a language server: editors start it and talk to it on standard input and output. Ctrl-C ends it.',
    );
  try {
    return await serveEditor(io, io.world.protocolStreams());
  } catch (error) {
    if (!(error instanceof FabroError)) throw error;
    // Not the usual way: under `--json` that writes to standard output, which is the editor's.
    io.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
}
