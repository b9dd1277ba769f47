import { HandshakeRefused, type PeerClient } from '../client/peer-client.ts';
import type { ConnectOptions, Fixture } from '../fixture.ts';
import { Dangerous, NotTestable, type Loose } from '../outcomes.ts';
import { createClientToken } from '../token.ts';
import { refusedWith } from './refusals.ts';

/** A6: the texts of refusals. */
export const AUTHENTICATION_REQUIRED = 'Authentication required';
export const INVALID_TOKEN = 'Invalid token';
export const TOKEN_EXPIRED = 'Token expired';
export const TOKEN_EARLY = 'Token not valid yet: check the clocks';
export const OTHER_KEY = 'This token is not for this key';

/** A JSON Web Token of a client that the server accepts, with further claims. */
export function tokenOf({ server }: Fixture, claims: Readonly<Record<string, unknown>> = {}): string {
  return createClientToken(server.settings.auth_key ?? '', claims);
}

/** Opens a socket whose token the server rejects. @throws NotTestable if the server limits failed authentications */
export async function openRejected(fixture: Fixture, who: ConnectOptions): Promise<PeerClient> {
  try {
    return await fixture.openSocket('stranger', who);
  } catch (error) {
    if (!(error instanceof HandshakeRefused) || error.status !== TOO_MANY_REQUESTS) throw error;
    throw new NotTestable('the server limits failed authentications; disable the limit, then pass --auth-failures-per-minute 0');
  }
}

/** A6: the socket receives one ERROR with the text, and is closed. @throws Dangerous if it receives OPEN */
export async function expectRejected(fixture: Fixture, who: ConnectOptions, msg: string): Promise<Loose | void> {
  const socket = await openRejected(fixture, who);
  const first = await socket.receive();
  if (first['type'] === 'OPEN') throw new Dangerous('the server accepted the client');
  await socket.waitForClose();
  return refusedWith(first, { type: 'ERROR', payload: { msg } });
}

const TOO_MANY_REQUESTS = 429;
