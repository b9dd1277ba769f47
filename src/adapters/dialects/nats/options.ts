import { FAULTS, type Fault } from './codes.ts';

/** NA3, NA4: the options of a client in CONNECT. */
export interface ClientOptions {
  /** NA4: whether verbs are confirmed. */
  readonly verbose: boolean;
  /** NA4: whether an invalid subject of a publication is reported. */
  readonly pedantic: boolean;
  /** NA13: whether the client receives its own publications. */
  readonly echo: boolean;
  /** NA12. */
  readonly headers: boolean;
  /** NA15. */
  readonly noResponders: boolean;
  /** NA3: a token or a password. */
  readonly token: string | undefined;
}

/** NA3: before CONNECT. */
export const DEFAULT_OPTIONS: ClientOptions = {
  ...{ verbose: true, pedantic: true, echo: true, headers: false, noResponders: false, token: undefined },
};

const FLAGS = ['verbose', 'pedantic', 'echo', 'headers', 'no_responders'] as const;
const TEXTS = ['auth_token', 'user', 'pass', 'nkey', 'jwt', 'sig'] as const;
const PROTOCOLS = [0, 1];

type Fields = ReadonlyMap<string, unknown>;

/** NA3 to NA5: the options after a CONNECT. @param json its argument. @param before those of an earlier CONNECT. */
export function readOptions(json: string, before: ClientOptions): ClientOptions | Fault {
  const fields = fieldsOf(json);
  if (fields === undefined || !hasValidTypes(fields)) return FAULTS.badArguments;
  const flag = (name: (typeof FLAGS)[number], otherwise: boolean): boolean => (fields.get(name) ?? otherwise) as boolean;
  const text = (name: (typeof TEXTS)[number]): string => (fields.get(name) ?? '') as string;
  const protocol = fields.get('protocol') ?? 0;
  if (typeof protocol !== 'number' || !Number.isInteger(protocol)) return FAULTS.badArguments;
  if (!PROTOCOLS.includes(protocol)) return FAULTS.badProtocol;
  // NA5: the broker has no keys of NATS accounts.
  if (text('nkey') !== '' || text('jwt') !== '') return FAULTS.notAuthorized;
  const options: ClientOptions = {
    verbose: flag('verbose', before.verbose),
    pedantic: flag('pedantic', before.pedantic),
    echo: flag('echo', before.echo),
    headers: flag('headers', before.headers),
    noResponders: flag('no_responders', before.noResponders),
    token: text('auth_token') || text('pass') || before.token,
  };
  return options.noResponders && !options.headers ? FAULTS.noHeaders : options;
}

/** The members by name in lower case, as in nats-server. Undefined for JSON that is no object; `null` has no members. */
function fieldsOf(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    return new Map(Object.entries(value ?? {}).map(([name, member]) => [name.toLowerCase(), member as unknown]));
  } catch {
    return undefined;
  }
}

/** A member may be `null`, which is like none. */
function hasValidTypes(fields: Fields): boolean {
  const hasType = (name: string, type: string): boolean => [type, 'undefined'].includes(typeof (fields.get(name) ?? undefined));
  return FLAGS.every((name) => hasType(name, 'boolean')) && TEXTS.every((name) => hasType(name, 'string'));
}
