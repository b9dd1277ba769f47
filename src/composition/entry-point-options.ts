import { ConfigError } from './configuration/config-error.ts';
import { type Config, type ConfigProblem, resolveConfig } from './configuration/config.ts';
import { optionNamed } from './configuration/option-names.ts';
import type { OptionName } from './configuration/options.ts';
import { shown } from './configuration/reading.ts';

/** The functions and classes that start a broker from a program. */
export type EntryPoint = 'createBroker' | 'PeerServer' | 'ExpressPeerServer' | 'PeeroServer';

/** The reason why an entry point rejects the value of an option, and the alternative; undefined for an allowed value. */
type RejectionReason = (value: unknown) => string | undefined;

interface EntryPointRules {
  /** Replace the defaults of the command line. */
  readonly defaults: Partial<Record<OptionName, unknown>>;
  /** Rejected, with the reason. */
  readonly refused: Partial<Record<OptionName, RejectionReason>>;
  /** Accepted with a warning, because `peer` accepts and ignores them too. */
  readonly ignored: Partial<Record<OptionName, string>>;
}

const reject =
  (reason: string): RejectionReason =>
  () =>
    reason;

const rejectUws: RejectionReason = (value) =>
  value === 'uws' ? "this server uses node:http: remove the option, or use createBroker for transport 'uws'" : undefined;

/** Programs with several cores to use start several processes themselves. */
const oneWorker: RejectionReason = (value) =>
  value === 1 || value === '1'
    ? undefined
    : 'it serves in the process of your program: start the workers with the command signalbox, or several programs with cluster';

const noUws = reject("this server uses node:http: remove the option, or use createBroker for transport 'uws'");

/** As a library, `peer` has a longer liveness timeout than from its command line. */
const PEER_DEFAULTS = { alive_timeout: 90_000 };

const RULES: Readonly<Record<EntryPoint, EntryPointRules>> = {
  createBroker: { defaults: {}, refused: { workers: oneWorker }, ignored: {} },
  PeerServer: { defaults: PEER_DEFAULTS, refused: { workers: oneWorker, transport: rejectUws, uws: noUws }, ignored: {} },
  ExpressPeerServer: {
    defaults: PEER_DEFAULTS,
    refused: {
      workers: oneWorker,
      transport: rejectUws,
      uws: noUws,
      handshake_timeout: reject('your program owns the server: set its headersTimeout and requestTimeout'),
      keep_alive_timeout: reject('your program owns the server: set its keepAliveTimeout'),
      max_header_bytes: reject('your program owns the server: pass maxHeaderSize to createServer'),
      sslkey: reject('your program owns the server: pass one of https.createServer'),
      sslcert: reject('your program owns the server: pass one of https.createServer'),
    },
    ignored: { port: 'set it in the call of server.listen', host: 'set it in the call of server.listen' },
  },
  PeeroServer: {
    defaults: { port: 8080, peero_path: '/', dialects: ['peero'] },
    refused: {
      workers: oneWorker,
      dialects: (value) => (isPeeroOnly(value) ? undefined : 'it serves only Peero: use createBroker for several dialects'),
      all: (value) => (value === false ? undefined : 'it serves only Peero: use createBroker for several dialects'),
    },
    ignored: {},
  },
};

/** @returns a copy of the given options. @throws ConfigError for a value that is no object, such as a port number. */
export function checkedOptions(entryPoint: EntryPoint, options: unknown): Record<string, unknown> {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return { ...options };
  const message = `the options of ${entryPoint} are ${shown(options)}; they must be an object, such as { port: 9000 }`;
  throw new ConfigError([{ source: 'options', message }]);
}

/**
 * Resolves the options that a program gives to an entry point. Likely mistakes are process warnings.
 * @param authorize A9: the option `authorize`, which needs authentication, as an `authorizer` from outside does.
 * @throws ConfigError naming each option, its value and what is allowed.
 */
export function configFor(
  entryPoint: EntryPoint,
  given: Readonly<Record<string, unknown>>,
  authorize?: unknown,
  { authorizer }: { readonly authorizer?: unknown } = {},
): Config {
  const spellings = spellingsIn(given);
  const { defaults, refused, ignored } = RULES[entryPoint];
  const problems = entriesOf(refused).flatMap(([name, objection]): ConfigProblem[] => {
    const source = spellings.get(name);
    const reason = source === undefined ? undefined : objection(given[source]);
    if (source === undefined || reason === undefined) return [];
    return [{ source, message: `${source} is ${shown(given[source])}; ${entryPoint} can't use it, because ${reason}` }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  if (authorize !== undefined && typeof authorize !== 'function') throw new ConfigError([noFunction(authorize)]);
  const hasFunction = authorize !== undefined || authorizer !== undefined;
  const missing = Object.entries({ ...defaults, ...(hasFunction ? REQUIRED : {}) }).filter(
    ([name]) => !spellings.has(name as OptionName),
  );
  const resolved = resolveConfig({ given: { ...Object.fromEntries(missing), ...given }, hasFunction });
  if (!resolved.ok) throw new ConfigError(authorizer === undefined ? resolved.refusal : resolved.refusal.map(aboutAuthorizer));
  for (const warning of resolved.value.warnings) process.emitWarning(warning);
  for (const [name, reason] of entriesOf(ignored)) {
    const source = spellings.get(name);
    if (source !== undefined) process.emitWarning(`${source} has no effect on ${entryPoint}: ${reason}`);
  }
  return resolved.value.config;
}

/** A9: a function that is given is asked about every client. */
const REQUIRED = { auth: 'required' };

/** Names the adapter in a problem of the function, because both decide about clients. */
function aboutAuthorizer({ source, message }: ConfigProblem): ConfigProblem {
  return {
    source: source.replace(/^authorize$/, 'adapters.authorizer'),
    message: message.replace(/\bauthorize\b/, 'adapters.authorizer'),
  };
}

function noFunction(authorize: unknown): ConfigProblem {
  return { source: 'authorize', message: `authorize is ${shown(authorize)}; it must be a function` };
}

/** The spelling of each given option. */
function spellingsIn(given: Readonly<Record<string, unknown>>): Map<OptionName, string> {
  const spellings = new Map<OptionName, string>();
  for (const [spelling, value] of Object.entries(given)) {
    const name = optionNamed(spelling);
    if (name !== undefined && value !== undefined) spellings.set(name, spelling);
  }
  return spellings;
}

function entriesOf<Value>(record: Partial<Record<OptionName, Value>>): [OptionName, Value][] {
  return Object.entries(record) as [OptionName, Value][];
}

function isPeeroOnly(value: unknown): boolean {
  return [value].flat().every((name) => name === 'peero');
}
