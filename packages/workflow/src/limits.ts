/** Bounds of the language. Past each of them the answer is an error that names the limit. */

/** Longest workflow text, in UTF-16 units: what fits into one request body of 2 MB. */
export const MAX_SOURCE_LENGTH = 2_000_000;
/** Deepest nesting of subgraphs: far past any drawing, far below what the call stack carries. */
export const MAX_SUBGRAPH_DEPTH = 64;
/** Attributes in one `[...]` block: three times what the language defines for any element. */
export const MAX_ATTRIBUTES = 128;
/** Distinct `node [...]` or `edge [...]` defaults in force: they are copied to each element. */
export const MAX_DEFAULTS = 64;
/** Nodes of a graph: twice the largest graph that the benchmarks walk. */
export const MAX_NODES = 20_000;
/** Edges of a graph: with the defaults above, about 300 MB in the worst case. */
export const MAX_EDGES = 50_000;
/** Longest condition on an edge, in UTF-16 units: conditions are read by people. */
export const MAX_CONDITION_LENGTH = 10_000;
/** Memory of the template engine, in pages of 64 KiB (64 MiB): many times the largest rendered text. */
export const MAX_TEMPLATE_PAGES = 1_024;
/** Memory that the template engine keeps between two texts: a few copies of a usual one. */
export const MAX_IDLE_TEMPLATE_BYTES = 16 * 1024 * 1024;
/** Steps that all templates of a graph may take, shared out evenly: about 0.2 seconds of loops. */
export const MAX_TEMPLATE_STEPS = 2_000_000;
/** Steps that one template may take: a loop over some ten thousand values. */
export const MAX_STEPS_OF_TEMPLATE = 250_000;
/** Steps that one template may take in however large a graph: a loop over some hundred values. */
export const MIN_STEPS_OF_TEMPLATE = 10_000;
/** Lines among which the origin of a rendered line is looked for: a loop's body is seldom longer. */
export const MAX_COMPARED_LINES = 50;
/** Longest text of one rendered attribute, in UTF-16 units: an input repeated many times stops here. */
export const MAX_RENDERED_LENGTH = 2_000_000;
/** Rendered text of a whole graph, in UTF-16 units: a long goal in very many nodes stops here. */
export const MAX_RENDERED_TOTAL = 20_000_000;
/** Imports of a workflow, nested ones too: each costs a read on the caller's disk and a copy of a graph. */
export const MAX_IMPORTS = 500;
/** Child workflows of a run, at all depths: each is a graph in memory. */
export const MAX_CHILD_WORKFLOWS = 100;
/** Files that a workflow may inline; each costs a read on the caller's disk. */
export const MAX_BUNDLE_FILES = 500;
/** Total length of the workflow and the files it inlines, in UTF-16 units: a manifest is one request body. */
export const MAX_BUNDLE_LENGTH = 2_000_000;
/** Longest excerpt of a source line that a code frame shows, in UTF-16 units. */
export const CODE_FRAME_WIDTH = 100;
/** Longest label drawn in a picture of the graph, in UTF-16 units; longer ones end with an ellipsis. */
export const MAX_DRAWN_LABEL = 200;
/** Longest unknown name that is compared with the known ones to suggest a near match. */
export const MAX_SUGGESTION_LENGTH = 40;
/** Longest value of an attribute that an editor shows beside a node, in UTF-16 units: a line or two of its popup. */
export const MAX_HOVER_VALUE = 120;
/** Imported nodes that an editor names beside a placeholder: what fits into its popup. */
export const MAX_HOVER_NODES = 20;
/** Items that one completion offers: past a few screens nobody reads on, and typing narrows the list. */
export const MAX_COMPLETIONS = 500;
