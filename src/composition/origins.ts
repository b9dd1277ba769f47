import type { OriginPolicy } from '../domain/origins.ts';

/** The value of `corsOptions.origin`: the forms of the `cors` package, except functions. */
export type OriginOption = boolean | string | RegExp | readonly (string | RegExp)[];

/** H6, O10: the policy of a list of origins. With an empty list every origin is allowed and echoed. */
export function originsFromList(listed: readonly string[]): OriginPolicy {
  if (listed.length === 0) return { allow: 'echoed' };
  return originsFromOption(listed.includes('*') ? '*' : listed.map(originPattern));
}

/** The origin, or the pattern of an origin with a wildcard: `*.` in front of the host, `*` in place of the port. */
export function originPattern(listed: string): string | RegExp {
  if (!listed.includes('*')) return listed;
  const escaped = listed.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace('://*\\.', '://(?:[a-z\\d_-]+\\.)+').replace(/:\*$/, '(?::\\d{1,5})?')}$`);
}

/** H6: the policy of `corsOptions.origin`. */
export function originsFromOption(option: OriginOption): OriginPolicy {
  if (option === true) return { allow: 'echoed' };
  if (option === false) return { allow: 'silent' };
  if (option === '*') return { allow: 'any' };
  const patterns = typeof option === 'string' || option instanceof RegExp ? [option] : option;
  return { allow: 'listed', isListed: (origin) => patterns.some((pattern) => matches(pattern, origin)) };
}

/** Whether the value is supported as `corsOptions.origin`; a function is not. */
export function isOriginOption(option: unknown): option is OriginOption {
  if (Array.isArray(option)) return option.every(isPattern);
  return typeof option === 'boolean' || isPattern(option);
}

function isPattern(option: unknown): boolean {
  return typeof option === 'string' || option instanceof RegExp;
}

function matches(pattern: string | RegExp, origin: string): boolean {
  if (typeof pattern === 'string') return pattern === origin;
  pattern.lastIndex = 0;
  return pattern.test(origin);
}
