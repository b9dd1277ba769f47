import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/* I10: combinations of the ICE options that contradict each other, or that are likely mistakes. */

const MAX_URLS = 4;
const TLS_ON_443 = /^turns:.*:443(\?|$)/;

export function iceConflicts(settings: Settings, sourceOf: SourceOf): ConfigProblem[] {
  const { turn, turn_secret, turn_user, turn_password } = settings;
  const problem = (name: OptionName, message: string): ConfigProblem => {
    const source = sourceOf(name) ?? name;
    return { source, message: `${source} ${message}` };
  };
  const given = (['turn_secret', 'turn_user', 'turn_password'] as const).filter(
    (name) => [settings[name]].flat()[0] !== undefined,
  );
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

export function iceWarnings({ stun, turn, ice_access, cors }: Settings, sourceOf: SourceOf): string[] {
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
  if (turn.length > 0 && ice_access === 'everybody' && (cors.length === 0 || cors.includes('*'))) {
    const source = sourceOf('ice_access') ?? 'ice_access';
    warnings.push(`${source} everybody gives TURN credentials to pages of every origin: list the origins of your pages in cors`);
  }
  return warnings;
}
