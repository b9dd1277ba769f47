import { usage } from '../../../src/composition/configuration/help.ts';
import { filesUnder } from '../../architecture/tree.ts';

/** One command that a text tells to type. */
export interface Command {
  readonly place: string;
  readonly line: string;
}

/** Every command of shell blocks, of added lines in diffs, of comments in examples and deploy files, and of the usage. */
export function commandsToType(): Command[] {
  const pages = filesUnder('.', /\.md$/).flatMap(({ path, text }) => blocksOf(text).flatMap((block) => linesOf(path, block)));
  const comments = filesUnder('.', /^(examples|deploy)\//).flatMap(({ path, text }) =>
    Array.from(text.matchAll(/^# +((?:signalbox|docker) .*)$/gm), ([, line = '']) => ({ place: path, line })),
  );
  const [, examples = ''] = /\nExamples\n([^]*?)\n\n/.exec(usage()) ?? [];
  return [...pages, ...comments, ...linesOf('signalbox --help', examples)];
}

/** The words of a command: what stands in double quotes is one. */
export function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
}

function blocksOf(text: string): string[] {
  const shell = Array.from(text.matchAll(/^```(?:sh|bash|shell|console)\n([^]*?)^```/gm), ([, block = '']) => block);
  const added = Array.from(text.matchAll(/^```diff\n([^]*?)^```/gm), ([, block = '']) =>
    Array.from(block.matchAll(/^\+((?:npx|npm|signalbox) .*)$/gm), ([, line]) => line).join('\n'),
  );
  return [...shell, ...added];
}

/** Without comments; a backslash at the end of a line continues it. */
function linesOf(place: string, block: string): Command[] {
  return block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.replace(/\s{2,}#.*$/, '').split(' && '))
    .map((line) => ({ place, line: line.trim() }))
    .filter(({ line }) => line !== '');
}
