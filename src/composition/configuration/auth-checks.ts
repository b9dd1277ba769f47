import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/* Combinations of the options of authentication that contradict each other, or that are likely mistakes. */

/** The options that have keys. */
const KEYS = ['auth_key', 'auth_jwks', 'auth_issuers'] as const;
const REFINEMENTS = ['auth_issuer', 'auth_audience', 'auth_id_claim', 'auth_leeway', 'auth_at_expiry'] as const;

/** @param hasFunction A9: whether the embedding program decides with a function. */
export function authConflicts(settings: Settings, sourceOf: SourceOf, hasFunction: boolean): ConfigProblem[] {
  const problem = (name: OptionName, message: string): ConfigProblem => {
    const source = sourceOf(name) ?? name;
    return { source, message: `${source} ${message}` };
  };
  const given = KEYS.filter((name) => isGiven(settings[name]));
  if (settings.auth === 'open') {
    const unsafe = [...given, ...(settings.reserved_ids.length > 0 ? (['reserved_ids'] as const) : [])];
    return unsafe.map((name) =>
      problem(name, 'has no effect while auth is open, so every client may connect: add --auth required, or remove the option'),
    );
  }
  const [first, second] = given;
  if (first === undefined) {
    if (hasFunction || settings.auth_url !== undefined) return [];
    return [
      problem('auth', `is ${settings.auth}, and no key verifies tokens: add auth_key, auth_jwks, auth_issuers or auth_url`),
    ];
  }
  if (second !== undefined) {
    const remedy = 'name both issuers in auth_issuers, or remove one of them';
    return [problem(first, `and ${sourceOf(second) ?? second} exclude each other: ${remedy}`)];
  }
  if (first === 'auth_issuers' && settings.auth_issuer !== undefined) {
    return [problem('auth_issuer', 'has no effect together with auth_issuers, which names its issuers: remove one of them')];
  }
  return keySetsForEverybody(settings, sourceOf).map((missing) =>
    problem(first, `has a key set, and an identity provider signs tokens of many applications: add ${missing}`),
  );
}

/** The options without which the tokens of all applications of an identity provider would be valid. */
function keySetsForEverybody({ auth_jwks, auth_issuer, auth_issuers }: Settings, sourceOf: SourceOf): OptionName[] {
  const isAudienceGiven = sourceOf('auth_audience') !== undefined;
  const sets = auth_issuers.filter(({ jwks }) => jwks !== undefined);
  const needsAudience = auth_jwks !== undefined || sets.some(({ audience }) => audience === undefined);
  return [
    ...(auth_jwks !== undefined && auth_issuer === undefined ? (['auth_issuer'] as const) : []),
    ...(needsAudience && !isAudienceGiven ? (['auth_audience'] as const) : []),
  ];
}

/** Whether tokens are verified with keys of authentication. */
export function hasTokenKeys(settings: Settings): boolean {
  return settings.auth !== 'open' && KEYS.some((name) => isGiven(settings[name]));
}

/** Options that have no effect, because no token is verified. */
export function authWarnings(settings: Settings, sourceOf: SourceOf): string[] {
  if (settings.auth !== 'open') return [];
  return REFINEMENTS.flatMap((name) => {
    const source = sourceOf(name);
    return source === undefined ? [] : [`${source} has no effect while auth is open: add --auth required, or remove the option`];
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
