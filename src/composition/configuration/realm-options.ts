import { accepted, refused, type Result } from '../../domain/result.ts';
import { ICE_OPTIONS } from './ice-options.ts';
import { HIDDEN, InvalidMember, maybe, option, type Option, type ValueType } from './option.ts';

/** The options of one source of ICE servers. */
const ICE_SOURCE_OPTIONS = [
  ...(['stun', 'turn', 'turn_secret', 'turn_user', 'turn_password', 'turn_ttl'] as const),
  ...(['ice_provider', 'ice_provider_id', 'ice_provider_secret', 'ice_provider_url'] as const),
] as const;

type IceSourceOption = (typeof ICE_SOURCE_OPTIONS)[number];
type IceValue<Name extends IceSourceOption> = (typeof ICE_OPTIONS)[Name] extends Option<infer Value, unknown> ? Value : never;

/** The values of these options. */
export type IceSourceSettings = { readonly [Name in IceSourceOption]: IceValue<Name> };

/** The options of one realm. */
export interface RealmSettings {
  /** Replaces the ICE servers of the broker. */
  readonly ice?: Partial<IceSourceSettings>;
}

/** Options of single realms, by key. */
export type RealmsSettings = Readonly<Record<string, RealmSettings>>;

/** The options of single realms in any spelling, as an object or as JSON. */
type GivenRealms = Readonly<Record<string, { readonly ice?: object }>> | string;

/** I13: the options that differ between realms. */
export const REALM_OPTIONS = {
  realms: option<RealmsSettings | undefined, GivenRealms>(maybe(realms()), {
    group: 'ICE servers',
    description:
      'ICE servers of single realms, as JSON by key: { "green": { "ice": { "stun": "stun:stun.example.org" } } }. An object ' +
      'ice has the options stun, turn, turn_secret, turn_user, turn_password, turn_ttl, and those of ice_provider. They ' +
      'replace the ICE servers of the broker for that realm.',
    effect: 'Clients of the realm receive these ICE servers; with an empty object 404 (I13).',
    default: undefined,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;

/** All options of a source. Missing ones have their defaults. @param turnTtl the lifetime unless the source has its own. */
export function completeIceSource(given: Partial<IceSourceSettings>, turnTtl: number): IceSourceSettings {
  const defaults = Object.fromEntries(ICE_SOURCE_OPTIONS.map((name) => [name, ICE_OPTIONS[name].default]));
  // The schema determines the type of each value.
  return { ...defaults, turn_ttl: turnTtl, ...given } as IceSourceSettings;
}

/** The options without secrets, for a config file. */
function realmsWithoutSecrets(realms: RealmsSettings): RealmsSettings {
  const isShown = ([name]: [string, unknown]): boolean => {
    const { isSecret }: Option<unknown, unknown> = ICE_OPTIONS[name as IceSourceOption];
    return isSecret !== true;
  };
  return mapValues(realms, ({ ice }) =>
    ice === undefined ? {} : { ice: Object.fromEntries(Object.entries(ice).filter(isShown)) },
  );
}

function realms(): ValueType<RealmsSettings, GivenRealms> {
  return {
    takes: 'one',
    placeholder: '<json>',
    allowed: 'an object of realms by key, each with an object ice',
    isSecret: true,
    withoutSecrets: (value) => realmsWithoutSecrets(value as RealmsSettings),
    read(raw) {
      const given = typeof raw === 'string' ? parsed(raw) : raw;
      return isObject(given) ? readMembers(given, readRealm) : refused(HIDDEN);
    },
    hint: (refusal) => (refusal instanceof InvalidMember ? `${refusal.path} must be ${refusal.allowed}` : undefined),
  };
}

function readRealm(key: string, raw: unknown): Result<RealmSettings, InvalidMember> {
  if (!isObject(raw)) return refused(new InvalidMember(key, HIDDEN, 'an object'));
  const unknown = Object.keys(raw).find((name) => name !== 'ice');
  if (unknown !== undefined) return refused(new InvalidMember(`${key}.${unknown}`, HIDDEN, 'removed: a realm has only ice'));
  const { ice } = raw;
  if (ice === undefined) return accepted({});
  if (!isObject(ice)) return refused(new InvalidMember(`${key}.ice`, HIDDEN, 'an object'));
  const source = readMembers(ice, (written, value) => readIceOption(`${key}.ice.${written}`, written, value));
  if (!source.ok) return source;
  const byName = Object.entries(source.value).map(([written, value]) => [snakeCase(written), value] as const);
  return accepted({ ice: Object.fromEntries(byName) });
}

function readIceOption(path: string, written: string, raw: unknown): Result<unknown, InvalidMember> {
  const name = ICE_SOURCE_OPTIONS.find((one) => one === snakeCase(written));
  if (name === undefined) return refused(new InvalidMember(path, HIDDEN, `one of ${ICE_SOURCE_OPTIONS.join(', ')}`));
  const type: Option<unknown, unknown> = ICE_OPTIONS[name];
  const value = type.read(raw);
  return value.ok ? value : refused(new InvalidMember(path, value.refusal, type.allowed));
}

/** Reads each member that is given. The first refusal counts. */
function readMembers<Value>(
  given: Readonly<Record<string, unknown>>,
  read: (name: string, raw: unknown) => Result<Value, InvalidMember>,
): Result<Readonly<Record<string, Value>>, InvalidMember> {
  const values: [string, Value][] = [];
  for (const [name, raw] of Object.entries(given)) {
    if (raw === undefined) continue;
    const value = read(name, raw);
    if (!value.ok) return value;
    values.push([name, value.value]);
  }
  return accepted(Object.fromEntries(values));
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function snakeCase(written: string): string {
  return written.replaceAll('-', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
