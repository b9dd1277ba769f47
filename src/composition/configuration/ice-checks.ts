import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';
import { RealmKeys } from '../../domain/realm-keys.ts';
import { completeIceSource, type IceSourceSettings } from './realm-options.ts';

/* I10: combinations of the ICE options that contradict each other, or that are likely mistakes. */

const MAX_URLS = 4;
const TLS_ON_443 = /^turns:.*:443(\?|$)/;

const TURN_CREDENTIALS = ['turn_secret', 'turn_user', 'turn_password'] as const;
const PROVIDER_OPTIONS = ['ice_provider_id', 'ice_provider_secret', 'ice_provider_url'] as const;

/** The place of an option within `realms`, as it was spelled. */
function sourceInRealm(key: string, given: Partial<IceSourceSettings>, realms: string): SourceOf {
  return (name) => (Object.hasOwn(given, name) ? `${key}.ice.${name} of ${realms}` : undefined);
}

/** I13: conflicts in the ICE servers of single realms. */
export function realmConflicts({ realms = {}, key: keys, turn_ttl }: Settings, sourceOf: SourceOf): ConfigProblem[] {
  const source = sourceOf('realms') ?? 'realms';
  const patterns = new RealmKeys(keys);
  return Object.entries(realms).flatMap(([key, { ice }]) => {
    if (!keys.includes(key) && patterns.match(key) === undefined) {
      return [{ source, message: `${source} has options for ${key}, which is not in key: add it to key, or remove it` }];
    }
    return ice === undefined ? [] : iceConflicts(completeIceSource(ice, turn_ttl), sourceInRealm(key, ice, source));
  });
}

/** I13. */
function realmWarnings({ realms = {}, turn_ttl }: Settings, sourceOf: SourceOf): string[] {
  const source = sourceOf('realms') ?? 'realms';
  return Object.entries(realms).flatMap(([key, { ice }]) =>
    ice === undefined ? [] : iceSourceWarnings(completeIceSource(ice, turn_ttl), sourceInRealm(key, ice, source)),
  );
}

export function iceConflicts(settings: IceSourceSettings, sourceOf: SourceOf): ConfigProblem[] {
  return [...turnConflicts(settings, sourceOf), ...providerConflicts(settings, sourceOf)];
}

function turnConflicts(settings: IceSourceSettings, sourceOf: SourceOf): ConfigProblem[] {
  const { turn, turn_secret, turn_user, turn_password } = settings;
  const problem = problemOf(sourceOf);
  const given = TURN_CREDENTIALS.filter((name) => isGiven(settings[name]));
  const isSigned = turn_secret.length > 0;
  const isFixed = turn_user !== undefined || turn_password !== undefined;
  if (turn.length === 0) {
    return given.map((name) => problem(name, 'is given without turn: add the URL of the TURN server, or remove the option'));
  }
  if (isSigned && isFixed) {
    const fixed = turn_user === undefined ? 'turn_password' : 'turn_user';
    return [problem('turn_secret', `and ${sourceOf(fixed) ?? fixed} exclude each other: remove one of them`)];
  }
  if (isSigned || (turn_user !== undefined && turn_password !== undefined)) return [];
  if (!isFixed) {
    return [
      problem('turn', 'is given without credentials, which browsers reject: add turn_secret, or turn_user and turn_password'),
    ];
  }
  const [present, missing] =
    turn_user === undefined ? (['turn_password', 'turn_user'] as const) : (['turn_user', 'turn_password'] as const);
  return [problem(present, `is given without ${missing}; TURN needs both turn_user and turn_password`)];
}

/** I11. */
function providerConflicts(settings: IceSourceSettings, sourceOf: SourceOf): ConfigProblem[] {
  const { ice_provider: provider, turn } = settings;
  const problem = problemOf(sourceOf);
  const given = PROVIDER_OPTIONS.filter((name) => isGiven(settings[name]));
  if (provider === undefined) {
    return given.map((name) => problem(name, 'is given without ice_provider: name the provider, or remove the option'));
  }
  const needed = provider === 'url' ? (['ice_provider_url'] as const) : (['ice_provider_id', 'ice_provider_secret'] as const);
  const missing = needed.filter((name) => !isGiven(settings[name]));
  const unused = provider === 'url' ? ('ice_provider_id' as const) : ('ice_provider_url' as const);
  return [
    ...(turn.length > 0
      ? [problem('ice_provider', `and ${sourceOf('turn') ?? 'turn'} exclude each other: remove one of them`)]
      : []),
    ...missing.map((name) => problem('ice_provider', `${provider} needs ${name}: add it`)),
    ...(given.includes(unused) ? [problem(unused, `is not used by ice_provider ${provider}: remove it`)] : []),
  ];
}

function problemOf(sourceOf: SourceOf): (name: OptionName, message: string) => ConfigProblem {
  return (name, message) => {
    const source = sourceOf(name) ?? name;
    return { source, message: `${source} ${message}` };
  };
}

function isGiven(value: readonly string[] | string | undefined): boolean {
  return [value].flat()[0] !== undefined;
}

/** Likely mistakes of one source. */
function iceSourceWarnings({ stun, turn }: IceSourceSettings, sourceOf: SourceOf): string[] {
  const warnings: string[] = [];
  if (turn.length > 0 && !turn.some((url) => TLS_ON_443.test(url))) {
    const source = sourceOf('turn') ?? 'turn';
    warnings.push(
      `${source} has no turns: URL on port 443, so clients behind strict firewalls can't connect: add one such as ` +
        'turns:turn.example.org:443?transport=tcp',
    );
  }
  const urls = stun.length + turn.length;
  if (urls > MAX_URLS) {
    const source = sourceOf('turn') ?? sourceOf('stun') ?? 'stun';
    warnings.push(`${source}: clients receive ${urls} URLs, and browsers gather candidates slowly with more than ${MAX_URLS}`);
  }
  return warnings;
}

export function iceWarnings(settings: Settings, sourceOf: SourceOf): string[] {
  const { ice_access, cors, all, dialects, auth } = settings;
  const warnings = [...iceSourceWarnings(settings, sourceOf), ...realmWarnings(settings, sourceOf)];
  const sources = [settings, ...Object.values(settings.realms ?? {}).map(({ ice = {} }) => ice)];
  const hasTurn = sources.some(({ turn = [], ice_provider }) => turn.length > 0 || ice_provider !== undefined);
  if (hasTurn && ice_access === 'everybody' && (cors.length === 0 || cors.includes('*'))) {
    const source = sourceOf('ice_access') ?? 'ice_access';
    warnings.push(`${source} everybody gives TURN credentials to pages of every origin: list the origins of your pages in cors`);
  }
  if (hasIceServers(settings) && ice_access === 'peers' && auth === 'open' && !all && !dialects.includes('peerjs')) {
    const source = sourceOf('ice_access') ?? 'ice_access';
    warnings.push(`${source} peers gives ICE servers to peers of PeerJS, which is not served: use ice_access everybody`);
  }
  return warnings;
}

/** I1: whether any realm has ICE servers. */
export function hasIceServers({ stun, turn, ice_provider, realms = {} }: Settings): boolean {
  const own = Object.values(realms).some(({ ice }) => ice !== undefined);
  return own || stun.length + turn.length > 0 || ice_provider !== undefined;
}
