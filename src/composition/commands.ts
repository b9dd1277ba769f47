import type { CommandIo } from './command-io.ts';
import type { CommandName } from './configuration/command-names.ts';
import { health } from './health.ts';
import { newAdapter } from './scaffold.ts';
import { token } from './token-command/command.ts';
import { top } from './top-command/command.ts';

/** A command: takes its arguments and output streams, returns its exit code. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** A command outside of `src`: the file beside the build of `src`, and the function that it exports. */
interface Located {
  readonly file: string;
  readonly run: string;
}

const COMMANDS: Readonly<Record<CommandName, Command | Located>> = {
  health,
  token,
  top,
  new: newAdapter,
  conform: { file: 'conformance/conform.js', run: 'conform' },
  'conform-report': { file: 'conformance/conform-report.js', run: 'conformReport' },
  doctor: { file: 'doctor/doctor.js', run: 'doctor' },
};

/**
 * The command of that name, other than `serve`; undefined for any other word.
 * The conformance suite and the doctor are loaded on use.
 */
export async function commandNamed(word: string | undefined): Promise<Command | undefined> {
  if (word === undefined || !isCommand(word)) return undefined;
  const command = COMMANDS[word];
  if (typeof command === 'function') return command;
  const suite = (await import(new URL(`../${command.file}`, import.meta.url).href)) as Record<string, Command>;
  return suite[command.run];
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
