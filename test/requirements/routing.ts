/** Edge selection and conditions (engine reference §4.1, §4.2). */
export const ROUTING = {
  '§4.1 jump': 'jump_to_node comes before all edges: reason jump, is_jump true',
  '§4.1 condition': 'edges whose condition is true come first: reason condition',
  '§4.1 preferred_label': 'then the unconditional edge with the preferred label, both normalised',
  '§4.1 suggested_next_ids':
    'then the first suggested id that has an unconditional edge, in their order',
  '§4.1 failed human': 'a failed human node with neither preference nor suggestion takes no edge',
  '§4.1 unconditional':
    'then unconditional edges: reason unconditional; other failed stages follow them too',
  '§4.1 weight': 'of several edges the one with the highest weight is taken',
  '§4.1 lexical tie': 'of equal weights the lexically smallest target is taken',
  '§4.1 selection=random': 'edges are chosen at random in proportion to their weights',
  '§4.1 weight of zero': 'in a random choice a weight of zero or less counts 1',
  '§4.1 label normalisation':
    'labels are trimmed and lower-cased; `[k] `, `k) ` and `k - ` in front are cut off',
  '§4.1 long accelerators':
    'keys of more than one character count as accelerators of human nodes only',
  '§4.1 retry target':
    'a failed outcome without an edge goes to the first retry target that exists, without edge.selected',
  '§4.1 no fail edge':
    'a failed outcome without edge and target fails the run: stage X failed with no outgoing fail edge',
  '§4.1 no edge': 'another outcome without an edge ends the run well',
  '§4.2 or and not': '`||` binds weaker than `&&`, and that weaker than `!`',
  '§4.2 no parentheses': 'parentheses group nothing: they are characters of a word',
  '§4.2 double equals': '`==` is a syntax error',
  '§4.2 words': 'a word runs to a blank, a quote or one of = ! > < & |',
  '§4.2 quoted words': 'quoted words unescape',
  '§4.2 word operators': '`contains` and `matches` are operators only right after a word',
  '§4.2 missing value': 'the value after = and != may be missing: it is empty then',
  '§4.2 empty expression': 'an empty expression is true',
  '§4.2 error at run time': 'an expression that cannot be parsed is false when a run meets it',
  '§4.2 outcome': '`outcome` and `preferred_label` are those of the current outcome',
  '§4.2 context.x': '`context.x` reads the key "context.x", then "x"',
  '§4.2 other keys': 'any other key reads the context',
  '§4.2 values as text': 'null is empty, booleans and numbers are text, objects and arrays JSON',
  '§4.2 equality': '= and != compare text and heed case',
  '§4.2 numbers': '> < >= <= compare numbers and are false when a side is none',
  '§4.2 contains': 'an element of an array by equality, else a part of the text',
  '§4.2 matches': 'a regular expression that may match anywhere and is checked when it is parsed',
  '§4.2 bare key': 'a key alone is true unless it is empty, false or 0',
  '§4.2 blobs':
    'command.output and command.stderr are read from their blobs (ours: every value is)',
} as const;
