import type { Config } from './configuration/config.ts';
import { nearest } from './configuration/option-names.ts';
import { type ConfigProblem, shown } from './configuration/reading.ts';

/* Checks adapters from outside, which no compiler may have seen. */

/** W2: a dialect with this method makes a conversation for each connection, which has the other methods. */
const STATEFUL_METHODS = ['servesWebSocketAt', 'connectRequest', 'route', 'httpResponse', 'converse'] as const;

/** A port, and the members that each adapter has. Members that an adapter may lack are left out. */
interface PortShape {
  readonly port: string;
  readonly methods: readonly string[];
  readonly values?: readonly string[];
  /** The other form of the port, which an adapter with this method has. */
  readonly otherwise?: { readonly method: string; readonly port: string; readonly methods: readonly string[] };
  /** Whether several adapters are given, as a list. */
  readonly isList?: true;
  /** Whether a function may make the adapter. */
  readonly isMakeable: boolean;
}

const PORTS = {
  mailboxes: { port: 'MailboxStore', methods: ['put', 'take', 'waiting', 'expire', 'nextDeadline'], isMakeable: true },
  directory: {
    port: 'PeerDirectory',
    methods: ['claim', 'check', 'confirm', 'release', 'renewLease', 'locate', 'present'],
    values: ['lease'],
    isMakeable: true,
  },
  bus: { port: 'NodeBus', methods: ['listen', 'broadcast', 'send', 'close'], values: ['isReachable'], isMakeable: true },
  clusterRecords: { port: 'ClusterRecords', methods: ['nodes', 'putBan', 'removeBan', 'readBans'], isMakeable: true },
  transport: {
    port: 'Transport',
    methods: ['listen', 'refuseNew', 'reloadCertificate', 'stop'],
    values: ['name'],
    isMakeable: true,
  },
  clock: { port: 'Clock', methods: ['now', 'wakeAt'], isMakeable: false },
  log: { port: 'Log', methods: ['record'], isMakeable: false },
  telemetry: { port: 'Telemetry', methods: ['counter', 'histogram', 'gauge', 'seconds'], isMakeable: false },
  authorizer: { port: 'Authorizer', methods: ['authorize'], values: ['headers'], isMakeable: true },
  iceServers: { port: 'IceServers', methods: ['issue'], isMakeable: true },
  dialects: {
    port: 'Dialect',
    methods: [
      ...['servesWebSocketAt', 'connectRequest', 'route', 'httpResponse', 'decode', 'encode', 'encodeEvent', 'streamPreamble'],
      ...['openFrame', 'keepAliveFrame', 'refusal', 'closeFrame'],
    ],
    otherwise: { method: 'converse', port: 'StatefulDialect', methods: STATEFUL_METHODS },
    values: ['name', 'space', 'keepsHistory', 'liveness', 'pace'],
    isList: true,
    isMakeable: true,
  },
} as const satisfies Readonly<Record<string, PortShape>>;

type PortName = keyof typeof PORTS;
const NAMES = Object.keys(PORTS) as PortName[];

/** The three ports whose adapters share the state of a cluster. */
const SHARED = ['mailboxes', 'directory', 'bus'] as const;

/** Problems of the adapters of a program or a plugin: unknown names, missing members, and adapters that exclude each other. */
export function checkAdapters(adapters: unknown): ConfigProblem[] {
  if (typeof adapters !== 'object' || adapters === null || Array.isArray(adapters)) {
    return [problemAt('adapters', `adapters is ${shown(adapters)}; it must be an object with any of ${NAMES.join(', ')}`)];
  }
  const given = Object.entries(adapters).filter(([, adapter]) => adapter !== undefined);
  const problems = given.flatMap(([name, adapter]) =>
    isPortName(name) ? (checkSource(name, adapter) ?? []) : [unknownPort(name)],
  );
  const names = given.map(([name]) => name);
  const lacking = names.includes('bus') ? SHARED.filter((name) => !names.includes(name)) : [];
  if (lacking.length === 0) return problems;
  const message = `adapters.bus is given without ${lacking.join(' and ')}; the nodes of a cluster share all three: give them too`;
  return [...problems, problemAt('adapters.bus', message)];
}

/** The options beside the adapters. */
export interface Beside {
  readonly config: Pick<Config, 'cluster' | 'mailboxes' | 'workers'>;
  /** The function of the option `authorize`. */
  readonly authorize: unknown;
  readonly isLogGiven: boolean;
}

/** Adapters that exclude an option, because both decide about the same. */
export function adapterConflicts(adapters: object, { config, authorize, isLogGiven }: Beside): ConfigProblem[] {
  const isGiven = (name: PortName): boolean => (adapters as Record<string, unknown>)[name] !== undefined;
  const exclude = (name: PortName, option: string): ConfigProblem =>
    problemAt(`adapters.${name}`, `adapters.${name} and ${option} exclude each other: remove one of them`);
  const ofEngine = [...SHARED, 'clusterRecords'] as const;
  const shared = config.cluster === undefined ? [] : ofEngine.filter(isGiven).map((name) => exclude(name, 'the option cluster'));
  // A bus from outside connects the workers instead of their own engine.
  const ofProcess = [...(isGiven('bus') ? [] : SHARED), 'transport'] as const;
  const split = config.workers === 1 ? [] : ofProcess.filter(isGiven).map((name) => exclude(name, 'the option workers'));
  return [
    ...shared,
    ...split,
    ...(isGiven('mailboxes') && config.mailboxes !== 'memory' ? [exclude('mailboxes', 'the option mailboxes')] : []),
    ...(isGiven('authorizer') && authorize !== undefined ? [exclude('authorizer', 'the function authorize')] : []),
    ...(isGiven('log') && isLogGiven ? [exclude('log', 'the options log, log_level and log_format')] : []),
  ];
}

/** The first problem of one adapter; undefined if it has all members of its port. */
export function checkAdapter(name: PortName, adapter: unknown): ConfigProblem | undefined {
  const { isList }: PortShape = PORTS[name];
  if (isList !== true) return checkMembers(`adapters.${name}`, PORTS[name], adapter);
  if (!Array.isArray(adapter)) {
    return problemAt(`adapters.${name}`, `adapters.${name} is ${shown(adapter)}; it must be a list of ${PORTS[name].port}`);
  }
  const list: readonly unknown[] = adapter;
  return list.map((one, index) => checkMembers(`adapters.${name}[${index}]`, PORTS[name], one)).find(Boolean);
}

function checkSource(name: PortName, adapter: unknown): ConfigProblem | undefined {
  if (typeof adapter !== 'function') return checkAdapter(name, adapter);
  const { port, isMakeable }: PortShape = PORTS[name];
  const source = `adapters.${name}`;
  const remedy = isMakeable
    ? `an object with the methods of ${port}, or a function that returns one`
    : `an object with the methods of ${port}`;
  if (/^class\b/.test(Function.prototype.toString.call(adapter))) {
    return problemAt(source, `${source} is the class ${adapter.name}; it must be ${remedy}: new ${adapter.name}(…)`);
  }
  return isMakeable ? undefined : problemAt(source, `${source} is a function; it must be ${remedy}`);
}

function checkMembers(source: string, shape: PortShape, adapter: unknown): ConfigProblem | undefined {
  const { port, methods, values = [] } = formOf(shape, adapter);
  if (typeof adapter !== 'object' || adapter === null) {
    return problemAt(
      source,
      `${source} is ${shown(adapter)}; it must be an object with the methods of ${port}: ${methods.join(', ')}`,
    );
  }
  const members = adapter as Record<string, unknown>;
  const missing = methods.filter((name) => typeof members[name] !== 'function').map((name) => `method ${name}`);
  const absent = values.filter((name) => members[name] === undefined).map((name) => `property ${name}`);
  const lacking = [...missing, ...absent];
  if (lacking.length === 0) return undefined;
  return problemAt(source, `${source} has no ${lacking.join(', no ')}; ${port} has ${[...methods, ...values].join(', ')}`);
}

/** The form of the port that the adapter implements. */
function formOf({ otherwise, ...shape }: PortShape, adapter: unknown): Omit<PortShape, 'otherwise'> {
  const isOther = otherwise !== undefined && typeof adapter === 'object' && adapter !== null && otherwise.method in adapter;
  return isOther ? { ...shape, port: otherwise.port, methods: otherwise.methods } : shape;
}

function unknownPort(name: string): ConfigProblem {
  const meant = nearest(name, NAMES);
  const hint = meant === undefined ? `it must be one of ${NAMES.join(', ')}` : `did you mean ${meant}?`;
  return problemAt(`adapters.${name}`, `adapters.${name} is no adapter of the broker; ${hint}`);
}

function isPortName(name: string): name is PortName {
  return Object.hasOwn(PORTS, name);
}

function problemAt(source: string, message: string): ConfigProblem {
  return { source, message };
}
