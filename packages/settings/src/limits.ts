/** Largest settings file, in UTF-16 units: a hundred times the longest hand-written one, quick to parse. */
export const MAX_SETTINGS_CHARS = 1_000_000;

/** Deepest nesting of a settings value; the schema's own tables end at seven, the rest is for `run.inputs`. */
export const MAX_SETTINGS_DEPTH = 64;

/** Shortest secret that is looked for in output: shorter ones would hide ordinary words. */
export const MIN_SECRET_CHARS = 8;

/** Characters of a line that are shown around a mistake: what a wide terminal holds beside the line number. */
export const FRAME_CHARACTERS = 120;

/** Mistakes of one file that are named: as many as a person repairs in one go; more are counted. */
export const MAX_MISTAKES = 20;
