import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/* I10: combinations of the ICE options that contradict each other, or that are likely mistakes. */

const MAX_URLS = 4;
const TLS_ON_443 = /^turns:.*:443(\?|$)/;

const TURN_CREDENTIALS = ['turn_secret', 'turn_user', 'turn_password'] as const;
const PROVIDER_OPTIONS = ['ice_provider_id', 'ice_provider_secret', 'ice_provider_url'] as const;

type IceSourceSettings = Pick<
  Settings,
  'stun' | 'turn' | 'ice_provider' | (typeof TURN_CREDENTIALS)[number] | (typeof PROVIDER_OPTIONS)[number]
>;

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
  const { turn, ice_provider, ice_access, cors } = settings;
  const warnings = iceSourceWarnings(settings, sourceOf);
  const hasTurn = turn.length > 0 || ice_provider !== undefined;
  if (hasTurn && ice_access === 'everybody' && (cors.length === 0 || cors.includes('*'))) {
    const source = sourceOf('ice_access') ?? 'ice_access';
    warnings.push(`${source} everybody gives TURN credentials to pages of every origin: list the origins of your pages in cors`);
  }
  return warnings;
}
