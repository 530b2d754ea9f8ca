/**
 * The shell blocks of a page. Comments before a block, which a reader does not see, say what is special:
 *
 * - `<!-- not run: REASON -->`: the test cannot run it; it stands on the list of exceptions.
 * - `<!-- exit N -->`: its command ends with this code, as the text around it says.
 * - `<!-- run | TEXT | TEXT -->`: its output has these texts in this order.
 * - `<!-- before every page -->`: done by the reader once, before any other page.
 *
 * A `text` block directly after it is what its commands print, both outputs together.
 */
export interface ShellBlock {
  readonly commands: string;
  readonly line: number;
  /** Why it is not run; absent when it is. */
  readonly notRun?: string;
  /** Default 0. */
  readonly exitCode: number;
  readonly shows: readonly string[];
  readonly prints?: string;
  readonly beforeEveryPage: boolean;
}

const BLOCK = /((?:^<!-- .*? -->\n\n?)*)^```sh\n([\s\S]*?)^```\n(?:\n+```text\n([\s\S]*?)^```$)?/gm;

export function shellBlocks(text: string): readonly ShellBlock[] {
  return [...text.matchAll(BLOCK)].map((match) => {
    const [, comments = '', commands = '', prints] = match;
    const said = [...comments.matchAll(/<!-- (.*?) -->/g)].map(([, words = '']) => words);
    const after = (word: string): string | undefined =>
      said.find((words) => words.startsWith(word))?.slice(word.length);
    const notRun = after('not run: ');
    return {
      commands,
      line: text.slice(0, match.index + comments.length).split('\n').length,
      ...(notRun === undefined ? {} : { notRun }),
      exitCode: Number(after('exit ') ?? 0),
      shows: (after('run | ') ?? '').split(' | ').filter((part) => part !== ''),
      ...(prints === undefined ? {} : { prints }),
      beforeEveryPage: said.includes('before every page'),
    };
  });
}
