import { bench } from './bench-command/command.ts';
import type { CommandIo } from './command-io.ts';
import type { CommandName } from './configuration/command-names.ts';
import { ConfigError } from './configuration/config-error.ts';
import { health } from './health.ts';
import { loadOptional, type OptionalPackages } from './optional-package.ts';
import { newAdapter } from './scaffold.ts';
import { token } from './token-command/command.ts';
import { top } from './top-command/command.ts';

/** A command: takes its arguments and output streams, returns its exit code. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** A command outside of `src`: the file beside the build of `src`, and the function that it exports. */
interface Located {
  readonly file: string;
  readonly run: string;
  /** The packages of some of its options. */
  readonly needed?: OptionalPackages;
}

const EXIT_USAGE = 2;
const RANDOM_RUNS = { feature: 'signalbox conform --random', packages: ['fast-check@4'] };

const COMMANDS: Readonly<Record<CommandName, Command | Located>> = {
  health,
  token,
  top,
  bench,
  new: newAdapter,
  conform: { file: 'conformance/conform.js', run: 'conform', needed: RANDOM_RUNS },
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
  const run = suite[command.run];
  const { needed } = command;
  return run === undefined || needed === undefined ? run : (args, io) => runWith(needed, run, args, io);
}

/** Without a package that the arguments need, the command prints how to install it. */
async function runWith(needed: OptionalPackages, run: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await loadOptional(needed, () => run(args, io));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr.write(`signalbox: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
