/* The JSON Web Tokens of peers. */
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

/** The key of the servers that require tokens. */
export const TOKEN_KEY = 'the key of the benchmark protects nothing';

/** The token of those who read the metrics of the servers. */
export const METRICS_TOKEN = 'the-token-of-the-benchmark-protects-nothing';

/** As many tokens as the broker keeps verified. Further peers have the token of another one. */
const USERS = 10_000;
const HOUR_SECONDS = 3_600;
/** The same for all tokens of a run, so that a peer has one token. */
const EXPIRES_AT = Math.ceil(Date.now() / 1000 / HOUR_SECONDS + 1) * HOUR_SECONDS;
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of the peer with this number, signed with HS256. */
export function tokenOf(number) {
  const claims = { sub: `user-${number % USERS}`, aud: 'signalbox', exp: EXPIRES_AT };
  const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
  return `${text}.${createHmac('sha256', TOKEN_KEY).update(text).digest('base64url')}`;
}
