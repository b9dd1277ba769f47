import { parseArgs } from 'node:util';
import { shown } from '../configuration/reading.ts';

/** Arguments that are not valid. The message is for the user. */
export class TokenUsageError extends Error {}

const FLAGS = {
  help: { type: 'boolean', short: 'h' },
  key: { type: 'string', multiple: true },
  jwks: { type: 'string' },
  id: { type: 'string', multiple: true },
  realm: { type: 'string', multiple: true },
  sub: { type: 'string' },
  ttl: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  kid: { type: 'string' },
  discover: { type: 'boolean' },
  rate: { type: 'string' },
} as const;

export type TokenFlags = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values'];
export type TokenFlag = keyof typeof FLAGS;

/** @param allowed flags of the command, beside `help`. @throws TokenUsageError */
export function readTokenArguments(
  args: readonly string[],
  allowed: readonly TokenFlag[],
): { flags: TokenFlags; rest: string[] } {
  let parsed;
  try {
    parsed = parseArgs({ args: withJoinedKeys(args), options: FLAGS, allowPositionals: true });
  } catch (error) {
    // The message of Node names the flag, and no value.
    throw new TokenUsageError(error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : String(error));
  }
  const { values: flags, positionals: rest } = parsed;
  const stray = (Object.keys(flags) as TokenFlag[]).find((name) => name !== 'help' && !allowed.includes(name));
  if (stray !== undefined) throw new TokenUsageError(`--${stray} is not a flag of this command`);
  return { flags, rest };
}

/** `parseArgs` would read the first line of a PEM as a flag. */
function withJoinedKeys(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    if (argument.startsWith('-----BEGIN ') && joined.at(-1) === '--key') joined.splice(-1, 1, `--key=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration such as `90`, `30s`, `15m`, `1h` or `7d`, in seconds. @throws TokenUsageError */
export function readDuration(flag: string, written: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd]?)$/.exec(written) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new TokenUsageError(`${flag} is ${shown(written)}; it must be a duration such as 30s, 15m, 1h or 7d`);
  return seconds;
}
