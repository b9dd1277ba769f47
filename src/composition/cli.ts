#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { readCertificate } from '../adapters/transports/shared/certificate.ts';
import { ListenError } from '../application/ports/transport.ts';
import { readCommandLine } from './configuration/command-line.ts';
import { fileOf } from './configuration/config-file.ts';
import { type Config, type ConfigProblem, resolveConfig } from './configuration/config.ts';
import { usage } from './configuration/help.ts';
import { OPTIONS } from './configuration/options.ts';
import { INVALID_USAGE, printError } from './process-ends.ts';
import { titleWithoutSecrets } from './process-title.ts';
import { exitOnClosedOutput } from './closed-output.ts';
import { commandNamed, type Command } from './commands.ts';
import { token } from './token-command/command.ts';
import { VERSION } from './version.ts';

const SIGNAL_EXIT_BASE = 128;

const argv = process.argv.slice(2);
const command = await commandNamed(argv[0]);
if (command !== undefined) await runSuite(command);
else if (hasFlag('help')) console.log(usage(process.stdout.columns));
else if (hasFlag('version')) console.log(VERSION);
else await run();

function hasFlag(name: 'help' | 'version'): boolean {
  return readCommandLine(argv).readings.some((reading) => reading.name === name && OPTIONS[name].read(reading.raw).ok);
}

/**
 * Runs a command. Its process title has no arguments if they are secrets. A signal ends it by `exit`, whose handlers stop the
 * servers that it has started.
 */
async function runSuite(suite: Command): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]));
  }
  if (suite === token) process.title = 'signalbox token';
  if (argv[0] === 'doctor' || argv[0] === 'top') process.title = `signalbox ${argv[0]}`;
  const { stdout, stderr } = process;
  exitOnClosedOutput(stdout, () => process.exit());
  process.exitCode = await suite(argv.slice(1), { stdout, stderr, isTerminal: stderr.isTTY });
}

/** Of all sources. The files are read again at each call. @param files receives their texts by path. */
function readOptions(files: Record<string, string> = {}): ReturnType<typeof resolveConfig> {
  return resolveConfig({ argv, env: process.env, readFile: (path) => (files[path] = readFileSync(path, 'utf8')) });
}

async function run(): Promise<void> {
  const files: Record<string, string> = {};
  const resolved = readOptions(files);
  if (!resolved.ok) return rejectOptions(resolved.refusal);
  const { config, settings, warnings } = resolved.value;
  for (const warning of warnings) printError(warning);
  const title = titleWithoutSecrets(argv);
  if (title !== undefined) process.title = title;
  if (settings.check) return check(config);
  if (settings.print_config) return console.log(JSON.stringify(fileOf(settings), undefined, 2));
  const workers = config.workers === 'auto' ? availableParallelism() : config.workers;
  // Loaded on use, because commands such as `health` run often and need no broker.
  const { serve, serveWithWorkers } = await import('./serve.ts');
  if (workers > 1) return serveWithWorkers(config, { workers, argv, files, readOptions });
  await serve(Object.assign(config, { workers }), settings.plugin, readOptions);
}

/** The certificate is the only part of the configuration that is read later than the options. */
function check({ tls }: Config): void {
  try {
    if (tls !== undefined) readCertificate(tls);
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    printError(error.message);
    process.exit(INVALID_USAGE);
  }
  console.log('The configuration is valid.');
}

function rejectOptions(problems: readonly ConfigProblem[]): void {
  for (const { message } of problems) printError(message);
  printError('see signalbox --help');
  process.exitCode = INVALID_USAGE;
}
