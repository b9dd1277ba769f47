type Members = Readonly<Record<string, unknown>>;

const SECOND = 1000;
const SPANS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

const NAMES = { exp: 'expires', nbf: 'valid from', iat: 'issued' } as const;

/** A time claim for people. @param now in milliseconds since 1970. */
export function momentOf(claim: keyof typeof NAMES, value: unknown, now: number): string {
  if (!isMoment(value)) return 'unexpected: must be a time in seconds since 1970';
  const apart = Math.round(value - now / SECOND);
  const when = apart >= 0 ? `in ${spanOf(apart)}` : `${spanOf(-apart)} ago`;
  return `${NAMES[claim]} ${new Date(value * SECOND).toISOString()}, ${when}`;
}

/** The least difference of the clocks of issuer and this machine, if the token shows one. */
export function clockNote({ iat, nbf }: Members, now: number): string[] {
  const lead = Math.max(...[iat, nbf].map((claim) => (isMoment(claim) ? claim - now / SECOND : 0)));
  if (lead < 1) return [];
  return [
    `clocks  the token is from the future: the clock of its issuer is at least ${spanOf(Math.round(lead))} ahead of this one ` +
      `(${new Date(now).toISOString()})`,
  ];
}

/** Dates end in the year 275760. */
function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e12;
}

function spanOf(seconds: number): string {
  const [size, unit] = SPANS.find(([one]) => seconds >= 2 * one) ?? [1, 's'];
  return `${Math.round(seconds / size)} ${unit}`;
}
