/** The language server on a pair of streams, from the first message to the last. */
import type { Readable, Writable } from 'node:stream';
import { TextDocuments, createConnection } from 'vscode-languageserver';
import { StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { FabroError } from '@fabro/protocol';
import type { Io } from '../io.js';
import { BoundedMessageReader } from './message-reader.js';
import { EditorSession } from './session.js';

/** The two ends of the conversation. */
export interface ProtocolStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Serves one editor. Resolves to the exit code that the protocol asks for: 0 when the editor has said
 * `shutdown` before `exit` or before the end of the input, else 1. Rejects when the input is no protocol.
 */
export async function serveEditor(io: Io, { input, output }: ProtocolStreams): Promise<number> {
  const seen = new Set<string>();
  let finish: (code: number) => void = () => {};
  let fail: (problem: FabroError) => void = () => {};
  const ended = new Promise<number>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const code = (): number => (seen.has('shutdown') ? 0 : 1);
  const reader = new BoundedMessageReader(input, {
    onMethod: (method) => void seen.add(method),
    onEnd: (problem) => {
      if (problem !== undefined) fail(problem);
      // After `exit` the messages in front of it are answered first.
      else if (!seen.has('exit')) finish(code());
    },
  });
  const connection = createConnection(
    (logger) => createProtocolConnection(reader, new StreamMessageWriter(output), logger),
    // The process ends by itself; the library would end it under whoever runs this.
    { shutdownReceived: false, initialize: () => {}, exit: finish },
  );
  const documents = new TextDocuments(TextDocument);
  const session = new EditorSession(io, connection, documents);
  session.start();
  documents.listen(connection);
  connection.listen();
  try {
    return await ended;
  } finally {
    await session.close();
    connection.dispose();
    input.destroy();
  }
}
