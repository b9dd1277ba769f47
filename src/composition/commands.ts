import type { CommandIo } from './command-io.ts';
import { health } from './health.ts';
import { newAdapter } from './scaffold.ts';
import { token } from './token-command/command.ts';
import { top } from './top-command/command.ts';

/** The commands outside of `src` by name: the file, and the function that it exports. */
const COMMANDS: Readonly<Record<string, { readonly file: string; readonly run: string }>> = {
  conform: { file: 'conformance/conform.js', run: 'conform' },
  'conform-report': { file: 'conformance/conform-report.js', run: 'conformReport' },
  doctor: { file: 'doctor/doctor.js', run: 'doctor' },
};

/** A command: takes its arguments and output streams, returns its exit code. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/**
 * The command of that name, other than `serve`; undefined for any other word.
 * The conformance suite and the doctor are loaded on use, from their own folders beside the build of `src`.
 */
export async function commandNamed(word: string | undefined): Promise<Command | undefined> {
  if (word === 'health') return health;
  if (word === 'token') return token;
  if (word === 'top') return top;
  if (word === 'new') return newAdapter;
  const command = word === undefined || !Object.hasOwn(COMMANDS, word) ? undefined : COMMANDS[word];
  if (command === undefined) return undefined;
  const suite = (await import(new URL(`../${command.file}`, import.meta.url).href)) as Record<string, Command>;
  return suite[command.run];
}
