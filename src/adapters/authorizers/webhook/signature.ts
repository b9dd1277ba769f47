import { createHmac } from 'node:crypto';

/**
 * A9: the signature of a request body, and the time that it includes. A receiver rejects requests whose time is long ago, so
 * that a recorded request is of no use.
 * @param now Unix time in seconds.
 */
export function signatureOf(body: string, secret: string, now: number): string {
  const time = Math.floor(now);
  const hash = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${hash}`;
}
