/** Finds and replaces the text that a model wants changed. Pure. */

export type Replacement =
  | { readonly ok: true; readonly text: string; readonly count: number }
  | { readonly ok: false; readonly message: string };

const NUMBERED_LINE = /^ *\d+ \| ?/;

/**
 * Replaces `oldString`. Text that is found as it stands is taken; else the line numbers that `read_file` shows
 * are stripped, and else line ends are matched to a file with CRLF.
 */
export function replaceText(
  text: string,
  edit: { readonly oldString: string; readonly newString: string; readonly all: boolean },
): Replacement {
  if (edit.oldString === '')
    return { ok: false, message: 'old_string is empty; use write_file to write a whole file' };
  for (const [oldString, newString] of readings(edit.oldString, edit.newString)) {
    const pieces = text.split(oldString);
    const count = pieces.length - 1;
    if (count === 0) continue;
    if (oldString === newString)
      return { ok: false, message: 'old_string and new_string are equal; nothing would change' };
    if (count > 1 && !edit.all)
      return {
        ok: false,
        message:
          `old_string is not unique in file (found ${count} occurrences). ` +
          'Add lines around it until it is unique, or set replace_all to true.',
      };
    return { ok: true, text: pieces.join(newString), count };
  }
  return { ok: false, message: 'old_string not found in file' };
}

/** The ways in which the model may have meant its strings, the literal one first. */
function readings(oldString: string, newString: string): (readonly [string, string])[] {
  const literal = [oldString, newString] as const;
  const stripped = [stripNumbers(oldString), stripNumbers(newString)] as const;
  const candidates = [literal, stripped].filter(([from]) => from !== '');
  return [...candidates, ...candidates.map(([from, to]) => [crlf(from), crlf(to)] as const)];
}

/** Without `N | ` prefixes when every line has one. */
function stripNumbers(text: string): string {
  const lines = text.split('\n');
  const last = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  if (last.length === 0 || !last.every((line) => NUMBERED_LINE.test(line))) return text;
  return lines.map((line) => line.replace(NUMBERED_LINE, '')).join('\n');
}

function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}
