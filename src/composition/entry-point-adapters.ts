import { SilentLog } from '../adapters/logs/silent.ts';
import type { AnyDialect } from '../application/ports/dialect.ts';
import type { Log } from '../application/ports/log.ts';
import { adapterConflicts, checkAdapters } from './adapter-checks.ts';
import { ConfigError } from './configuration/config-error.ts';
import type { Config, ConfigProblem } from './configuration/config.ts';
import { configFor, type EntryPoint } from './entry-point-options.ts';
import type { Adapters } from './given-adapters.ts';
import { isLogAsked, makeLog } from './make-log.ts';

/** The parts that a program gives to an entry point, beside the options of the command line. */
interface GivenParts {
  readonly adapters?: Adapters | undefined;
  readonly authorize?: unknown;
  readonly log?: Log | undefined;
}

interface ResolvedParts {
  readonly config: Config;
  /** Without `log`, `logLevel`, `logFormat` and `adapters.log`, nothing is logged. */
  readonly log: Log;
  readonly adapters: Adapters;
}

/** Adapters that an entry point can't use, with the reason. */
const REFUSED: Readonly<Record<EntryPoint, Partial<Record<keyof Adapters, string>>>> = {
  createBroker: {},
  PeerServer: { transport: 'it serves node:http: use createBroker for a transport of your own' },
  ExpressPeerServer: { transport: 'it serves the server of your program: use createBroker for a transport of your own' },
  PeeroServer: { dialects: 'it serves only Peero: use createBroker for several dialects' },
};

/** The option `adapters` of each entry point. */
export interface AdaptersOption<Refused extends keyof Adapters = never> {
  /** Adapters of your own, each in place of that of the options: docs/adding-an-adapter.md. */
  readonly adapters?: Omit<Adapters, Refused> | undefined;
}

/**
 * The configuration, the log and the adapters of an entry point. @param given the options of the command line.
 * @throws ConfigError naming each option or adapter, its value and what is allowed.
 */
export function resolveParts(
  entryPoint: EntryPoint,
  given: Readonly<Record<string, unknown>>,
  { adapters = {}, authorize, log }: GivenParts,
): ResolvedParts {
  throwIfAny([...checkAdapters(adapters), ...refusedBy(entryPoint, adapters)]);
  const config = configFor(entryPoint, given, authorize, { authorizer: adapters.authorizer });
  throwIfAny(adapterConflicts(adapters, { config, authorize, isLogGiven: log !== undefined || isLogAsked(given) }));
  if (log !== undefined && isLogAsked(given)) throw new ConfigError([TWO_LOGS]);
  const usedLog = adapters.log ?? log ?? (isLogAsked(given) ? makeLog(config) : new SilentLog());
  return { config, log: usedLog, adapters };
}

/** Adapters whose dialects can be read as soon as they are made. */
export function watchDialects(adapters: Adapters): {
  readonly adapters: Adapters;
  readonly dialects: () => readonly AnyDialect[];
} {
  const { dialects: source } = adapters;
  if (typeof source !== 'function') return { adapters, dialects: () => source ?? [] };
  let made: readonly AnyDialect[] = [];
  const dialects: typeof source = async (parts) => (made = await source(parts));
  return { adapters: { ...adapters, dialects }, dialects: () => made };
}

function refusedBy(entryPoint: EntryPoint, adapters: object): ConfigProblem[] {
  const given = adapters as Readonly<Record<string, unknown>>;
  return Object.entries(REFUSED[entryPoint]).flatMap(([name, reason]) => {
    const source = `adapters.${name}`;
    return given[name] === undefined ? [] : [{ source, message: `${source}: ${entryPoint} can't use it, because ${reason}` }];
  });
}

function throwIfAny(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

const TWO_LOGS = {
  source: 'log',
  message: 'log is given together with log_level or log_format, which then have no effect: remove one of them',
};
