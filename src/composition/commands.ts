import { health } from './health.ts';

/** The commands of the conformance suite, by the words that call them: where their code is, and what it exports. */
const COMMANDS: Readonly<Record<string, { readonly file: string; readonly run: string }>> = {
  conform: { file: 'conform.js', run: 'conform' },
  'conform-report': { file: 'conform-report.js', run: 'conformReport' },
};

/** What a command of the suite is: its arguments and where it writes to in, its exit code out. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly isTerminal: boolean;
}

/**
 * The command beside `serve` that a word calls, such as one of the suite; undefined for other words.
 * Nothing of the suite is loaded before that: the broker does not know it, and it stands beside what is built of `src`.
 */
export async function commandNamed(word: string | undefined): Promise<Command | undefined> {
  if (word === 'health') return health;
  const command = word === undefined || !Object.hasOwn(COMMANDS, word) ? undefined : COMMANDS[word];
  if (command === undefined) return undefined;
  const suite = (await import(new URL(`../conformance/${command.file}`, import.meta.url).href)) as Record<string, Command>;
  return suite[command.run];
}
