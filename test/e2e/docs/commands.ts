import { usage } from '../../../src/composition/configuration/help.ts';
import { filesUnder } from '../../architecture/tree.ts';

/** One command of a document. */
export interface Command {
  readonly source: string;
  readonly line: string;
}

/** Every command in shell blocks, in added lines of diffs, in comments of examples and deployment files, and in the help. */
export function documentedCommands(): Command[] {
  const pages = filesUnder('.', /\.md$/).flatMap(({ path, text }) => blocksOf(text).flatMap((block) => linesOf(path, block)));
  const comments = filesUnder('.', /^(examples|deploy)\//).flatMap(({ path, text }) =>
    Array.from(text.matchAll(/^# +((?:signalbox|docker) .*)$/gm), ([, line = '']) => ({ source: path, line })),
  );
  const [, examples = ''] = /\nExamples\n([^]*?)\n\n/.exec(usage()) ?? [];
  return [...pages, ...comments, ...linesOf('signalbox --help', examples)];
}

/** The words of a command. A text in double quotes is one word. */
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

/** Lines without comments. A backslash at the end of a line continues the line. */
function linesOf(source: string, block: string): Command[] {
  return block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.replace(/\s{2,}#.*$/, '').split(' && '))
    .map((line) => ({ source, line: line.trim() }))
    .filter(({ line }) => line !== '');
}
