/** One session with an editor: what it may ask, answered from its open documents. */
import type { Connection, TextDocuments } from 'vscode-languageserver';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionItem,
  type DefinitionLink,
  DidChangeWatchedFilesNotification,
  type DocumentSymbol,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  type Location,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
} from 'vscode-languageserver-protocol/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { messageOf } from '@fabro/protocol';
import {
  completeAt,
  definitionAt,
  filesWanted,
  hoverAt,
  quickFixes,
  symbolsOf,
} from '@fabro/workflow';
import type { Io } from '../io.js';
import { programVersion } from '../install-paths.js';
import { type Analysis, analyse } from './analyse.js';
import { DocumentChecker } from './checker.js';
import { namesIn, pathOf, referencedFile, uriOf } from './paths.js';
import {
  rangeOf,
  toCodeAction,
  toCompletionItems,
  toDiagnostics,
  toDocumentSymbol,
  toHover,
} from './to-protocol.js';
import { VOCABULARY } from './vocabulary.js';

/** Characters after which an editor asks what may follow. */
const TRIGGERS = ['[', ',', '=', '>', '"', '@', '/'];

/** Files whose changes on disk an editor is asked to tell: workflows, settings and the usual texts of prompts. */
const WATCHED = '**/*.{fabro,dot,toml,md,txt}';

export class EditorSession {
  readonly #io: Io;
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #checker: DocumentChecker<Analysis>;
  /** Absolute paths of the folders that the editor has open. */
  #folders: readonly string[] = [];
  #can: { readonly watch: boolean; readonly links: boolean } = { watch: false, links: false };

  constructor(io: Io, connection: Connection, documents: TextDocuments<TextDocument>) {
    this.#io = io;
    this.#connection = connection;
    this.#documents = documents;
    this.#checker = new DocumentChecker<Analysis>({
      clock: io.clock,
      check: (uri) => this.#analyse(uri),
      publish: (uri, analysis) => void this.#publish(uri, analysis),
      warn: (message) => this.#connection.console.warn(message),
    });
  }

  /** Answers from now on. */
  start(): void {
    const connection = this.#connection;
    const documents = this.#documents;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => void this.#watch());
    documents.onDidChangeContent(({ document }) => this.#changed(document));
    documents.onDidSave(({ document }) => this.#changed(document));
    documents.onDidClose(({ document }) => this.#closed(document));
    connection.onDidChangeWatchedFiles(({ changes }) =>
      this.#filesChanged(changes.map(({ uri }) => uri)),
    );
    connection.onHover((params) => this.#hover(params));
    connection.onCompletion((params) => this.#complete(params));
    connection.onDefinition((params) => this.#define(params));
    connection.onDocumentSymbol(({ textDocument }) => this.#symbols(textDocument.uri));
    connection.onCodeAction((params) => this.#fixes(params));
  }

  /** Resolves when nothing is under way any more. */
  close(): Promise<void> {
    return this.#checker.close();
  }

  #initialize({ capabilities, workspaceFolders, rootUri }: InitializeParams): InitializeResult {
    const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri == null ? [] : [rootUri]);
    this.#folders = uris.map(pathOf).filter((path) => path !== undefined);
    this.#can = {
      watch: capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
      links: capabilities.textDocument?.definition?.linkSupport === true,
    };
    return {
      serverInfo: { name: 'fabro', version: programVersion() },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: true,
        },
        hoverProvider: true,
        completionProvider: { triggerCharacters: TRIGGERS },
        definitionProvider: true,
        documentSymbolProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      },
    };
  }

  /** Never rejects. */
  async #watch(): Promise<void> {
    if (!this.#can.watch) return;
    try {
      await this.#connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: WATCHED }],
      });
    } catch (error) {
      this.#connection.console.warn(`changes on disk are not noticed: ${messageOf(error)}`);
    }
  }

  #changed(document: TextDocument): void {
    if (isWorkflow(document)) this.#checker.changed(document.uri);
    this.#filesChanged([document.uri]);
  }

  #closed({ uri }: TextDocument): void {
    this.#checker.closed(uri);
    this.#filesChanged([uri]);
  }

  #filesChanged(uris: readonly string[]): void {
    const paths = uris.map(pathOf).filter((path) => path !== undefined);
    // Settings hold inputs and goals for every workflow below them.
    if (paths.some((path) => path.endsWith('.toml'))) this.#checker.allAgain();
    else this.#checker.filesChanged(paths);
  }

  async #analyse(uri: string): Promise<Analysis | undefined> {
    const document = this.#documents.get(uri);
    if (document === undefined) return undefined;
    const open = new Map(this.#documents.all().map((other) => [pathOf(other.uri), other] as const));
    return analyse(
      this.#io,
      { source: document.getText(), version: document.version, path: pathOf(uri) },
      { folders: this.#folders, openText: (path) => open.get(path)?.getText() },
    );
  }

  /** Never rejects. */
  async #publish(uri: string, analysis: Analysis | undefined): Promise<void> {
    const document = this.#documents.get(uri);
    const current = analysis !== undefined && document?.version === analysis.version;
    // The editor has a newer text, which is checked next.
    if (analysis !== undefined && !current) return;
    try {
      await this.#connection.sendDiagnostics({
        uri,
        ...(analysis === undefined ? {} : { version: analysis.version }),
        diagnostics: current
          ? toDiagnostics(document, analysis.diagnostics, analysis.absolute)
          : [],
      });
    } catch (error) {
      // The stream may be gone already; then the session ends by itself.
      this.#connection.console.warn(`diagnostics could not be sent: ${messageOf(error)}`);
    }
  }

  #hover(params: TextDocumentPositionParams): Hover | null {
    const at = this.#at(params);
    if (at === undefined) return null;
    const graph = this.#checker.resultOf(at.document.uri)?.graph;
    const found = hoverAt({ ...at, graph, vocabulary: VOCABULARY });
    return found === undefined ? null : toHover(at.document, found);
  }

  async #complete(params: TextDocumentPositionParams): Promise<CompletionItem[]> {
    const at = this.#at(params);
    if (at === undefined) return [];
    const { document, source, offset } = at;
    const path = pathOf(document.uri);
    const folder = filesWanted(source, offset);
    const files =
      folder === undefined || path === undefined ? [] : await namesIn(this.#io, path, folder);
    return toCompletionItems(
      document,
      completeAt({ source, offset, vocabulary: VOCABULARY, files }),
    );
  }

  async #define(params: TextDocumentPositionParams): Promise<Location[] | DefinitionLink[]> {
    const at = this.#at(params);
    const found = at && definitionAt(at.source, at.offset);
    if (at === undefined || found === undefined) return [];
    const { document } = at;
    const locations =
      found.kind === 'nodes'
        ? found.spans.map((span) => ({ uri: document.uri, range: rangeOf(document, span) }))
        : await this.#fileLocations(document, found.reference, found.content);
    if (!this.#can.links) return locations;
    const originSelectionRange = rangeOf(document, found.origin);
    return locations.map(({ uri, range }) => ({
      originSelectionRange,
      targetUri: uri,
      targetRange: range,
      targetSelectionRange: range,
    }));
  }

  async #fileLocations(
    document: TextDocument,
    reference: string,
    content: 'workflow' | 'text',
  ): Promise<Location[]> {
    const path = pathOf(document.uri);
    if (path === undefined) return [];
    const found = await referencedFile(this.#io, { document: path, reference, content });
    const start = { line: 0, character: 0 };
    return found === undefined ? [] : [{ uri: uriOf(found), range: { start, end: start } }];
  }

  #symbols(uri: string): DocumentSymbol[] {
    const document = this.#documents.get(uri);
    if (document === undefined || !isWorkflow(document)) return [];
    return symbolsOf(document.getText()).map((symbol) => toDocumentSymbol(document, symbol));
  }

  #fixes({ textDocument, range }: CodeActionParams): CodeAction[] {
    const document = this.#documents.get(textDocument.uri);
    const analysis = this.#checker.resultOf(textDocument.uri);
    // Places of an older text would be wrong in this one.
    if (document === undefined || analysis?.version !== document.version) return [];
    const start = document.offsetAt(range.start);
    const end = document.offsetAt(range.end);
    const shown = toDiagnostics(document, analysis.diagnostics, analysis.absolute);
    const fixesOf = quickFixes(analysis.source, VOCABULARY);
    return analysis.diagnostics.flatMap((diagnostic, index) => {
      const written = shown[index];
      if (written === undefined) return [];
      const { range: about } = written;
      if (document.offsetAt(about.start) > end || document.offsetAt(about.end) < start) return [];
      return fixesOf(diagnostic).map((fix, rank) =>
        toCodeAction(document, fix, { diagnostic: written, preferred: rank === 0 }),
      );
    });
  }

  #at({ textDocument, position }: TextDocumentPositionParams): At | undefined {
    const document = this.#documents.get(textDocument.uri);
    if (document === undefined || !isWorkflow(document)) return undefined;
    return { document, source: document.getText(), offset: document.offsetAt(position) };
  }
}

interface At {
  readonly document: TextDocument;
  readonly source: string;
  readonly offset: number;
}

/** Editors may hand over other files too, such as prompts or drawings: their texts count, they are not checked. */
function isWorkflow({ languageId, uri }: TextDocument): boolean {
  return languageId === 'fabro' || uri.endsWith('.fabro');
}
