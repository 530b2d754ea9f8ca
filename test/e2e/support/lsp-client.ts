/** An editor without a screen: speaks JSON-RPC with `fabro lsp` as a process, and checks each byte it gets. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Home } from './home.js';
import { CLI_PROGRAM } from './server.js';

const Place = z.object({ line: z.number(), character: z.number() });
const Range = z.object({ start: Place, end: Place });
const Diagnostic = z.looseObject({
  range: Range,
  severity: z.number(),
  code: z.string().optional(),
  message: z.string(),
});
type LspDiagnostic = z.infer<typeof Diagnostic>;
const Published = z.object({
  uri: z.string(),
  version: z.number().optional(),
  diagnostics: z.array(Diagnostic),
});
type Published = z.infer<typeof Published>;
const Message = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.json().optional(),
  result: z.json().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
type Message = z.infer<typeof Message>;

interface EditorEnd {
  readonly code: number | null;
  readonly stderr: string;
}

/** What a test does as an editor. */
export interface Editor {
  /** Rejects with the message of an error answer. */
  request(method: string, params?: unknown): Promise<unknown>;
  notify(method: string, params?: unknown): void;
  /** Sends bytes that need not be a message. */
  raw(bytes: string): void;
  /** Opens a document with this text; the file need not exist. */
  open(path: string, text: string): void;
  /** Replaces the whole text. */
  change(path: string, text: string): void;
  close(path: string): void;
  /** The next published diagnostics of a document that were not taken yet and that the test accepts. */
  diagnostics(
    path: string,
    accepts?: (found: readonly LspDiagnostic[]) => boolean,
  ): Promise<readonly LspDiagnostic[]>;
  /** Answers the server's requests for `method`; others are answered with null. */
  asked(method: string): Promise<unknown>;
  /** Closes standard input. */
  hangUp(): void;
  readonly ended: Promise<EditorEnd>;
}

export const uriOf = (path: string): string => pathToFileURL(path).href;

/** Starts `fabro lsp` and greets it, unless `greet` is false. To be called inside a test, whose end kills it. */
export async function startEditor(
  home: Home,
  { capabilities = {}, folder = home.path, greet = true, args = [] as readonly string[] } = {},
): Promise<Editor> {
  const child = spawn(process.execPath, [CLI_PROGRAM, 'lsp', ...args], {
    cwd: home.path,
    env: { ...home.env },
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const editor = connect(child);
  if (!greet) return editor;
  await editor.request('initialize', {
    processId: process.pid,
    rootUri: uriOf(folder),
    workspaceFolders: [{ uri: uriOf(folder), name: 'test' }],
    capabilities,
  });
  editor.notify('initialized', {});
  return editor;
}

function connect(child: ChildProcessWithoutNullStreams): Editor {
  const answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const published = new Map<string, { queue: Published[]; wake: () => void }>();
  const requests = new Map<string, { resolve(value: unknown): void; promise: Promise<unknown> }>();
  const versions = new Map<string, number>();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<EditorEnd>((resolve) => {
    child.once('close', (code) => {
      for (const { reject } of answers.values())
        reject(new Error(`the server ended with ${code}: ${stderr}`));
      resolve({ code, stderr });
    });
  });
  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  const boxOf = (uri: string): { queue: Published[]; wake: () => void } => {
    const box = published.get(uri) ?? { queue: [], wake: () => {} };
    published.set(uri, box);
    return box;
  };
  const requestOf = (
    method: string,
  ): { resolve(value: unknown): void; promise: Promise<unknown> } => {
    const known = requests.get(method);
    if (known !== undefined) return known;
    let resolve: (value: unknown) => void = () => {};
    const promise = new Promise<unknown>((done) => (resolve = done));
    const made = { resolve, promise };
    requests.set(method, made);
    return made;
  };
  const take = ({ id, method, params, result, error }: Message): void => {
    if (method === 'textDocument/publishDiagnostics') {
      const news = Published.parse(params);
      const box = boxOf(news.uri);
      box.queue.push(news);
      box.wake();
    } else if (method !== undefined) {
      requestOf(method).resolve(params);
      if (id !== undefined) send({ id, result: null });
    } else if (typeof id === 'number') {
      if (error === undefined) answers.get(id)?.resolve(result);
      else answers.get(id)?.reject(new Error(error.message));
      answers.delete(id);
    }
  };
  readMessages(child, take);
  let lastId = 0;
  const document = (path: string): { uri: string; version: number } => {
    const uri = uriOf(path);
    const version = (versions.get(uri) ?? 0) + 1;
    versions.set(uri, version);
    return { uri, version };
  };
  return {
    ended,
    request: (method, params) =>
      new Promise((resolve, reject) => {
        answers.set(++lastId, { resolve, reject });
        send({ id: lastId, method, ...(params === undefined ? {} : { params }) });
      }),
    notify: (method, params) => send({ method, ...(params === undefined ? {} : { params }) }),
    raw: (bytes) => void child.stdin.write(bytes),
    open: (path, text) =>
      send({
        method: 'textDocument/didOpen',
        params: { textDocument: { ...document(path), languageId: 'fabro', text } },
      }),
    change: (path, text) =>
      send({
        method: 'textDocument/didChange',
        params: { textDocument: document(path), contentChanges: [{ text }] },
      }),
    close: (path) =>
      send({ method: 'textDocument/didClose', params: { textDocument: { uri: uriOf(path) } } }),
    diagnostics: async (path, accepts = () => true) => {
      const box = boxOf(uriOf(path));
      for (;;) {
        const next = box.queue.shift();
        if (next === undefined) await new Promise<void>((resolve) => (box.wake = resolve));
        else if (accepts(next.diagnostics)) return next.diagnostics;
      }
    },
    asked: (method) => requestOf(method).promise,
    hangUp: () => void child.stdin.end(),
  };
}

/** Every byte of the output has to belong to a message; anything else fails the test. */
function readMessages(
  child: ChildProcessWithoutNullStreams,
  take: (message: Message) => void,
): void {
  let buffer = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = /^Content-Length: (\d+)$/.exec(buffer.toString('latin1', 0, end))?.[1];
      if (length === undefined) throw new Error(`no message: ${buffer.toString('utf8')}`);
      const start = end + 4;
      if (buffer.length < start + Number(length)) return;
      const body = buffer.toString('utf8', start, start + Number(length));
      buffer = buffer.subarray(start + Number(length));
      take(Message.parse(JSON.parse(body)));
    }
  });
}
