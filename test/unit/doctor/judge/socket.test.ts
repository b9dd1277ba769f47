import { expect, it } from 'vitest';
import { judgeOpen, type OpenObservation } from '../../../../doctor/judge/socket.ts';

const SEEN: OpenObservation = { key: 'peerjs', origin: undefined, timeout: 5_000, took: 10, isOpened: true };
const refused = (status: number, body = ''): Partial<OpenObservation> => ({ isOpened: false, refusal: { status, body } });

it.each([
  [{ type: 'OPEN' }, 'open'],
  [{ type: 'OPEN', took: 2_001 }, 'open-slow'],
  [{ type: 'ID-TAKEN' }, 'id-taken'],
  [{ type: 'ERROR', text: 'Invalid key provided' }, 'key-refused'],
  [{ type: 'ERROR', text: 'Server has reached its concurrent user limit' }, 'broker-full'],
  [{ type: 'ERROR', text: 'Invalid token: expired' }, 'token-refused'],
  [{ type: 'ERROR', text: 'Authentication required' }, 'token-refused'],
  [{ type: 'ERROR', text: 'No id, key or name' }, 'peer-refused'],
  [{}, 'open-missing'],
  [{ closeCode: 1006 }, 'socket-cut'],
  [{ isOpened: false, error: 'ECONNRESET' }, 'upgrade-failed'],
  [refused(426), 'upgrade-stripped'],
  [refused(404), 'upgrade-stripped'],
  [refused(200), 'upgrade-stripped'],
  [refused(505), 'http-1.0'],
  [refused(401), 'login'],
  [refused(403, 'Origin not allowed'), 'origin-refused'],
  [refused(403, 'blocked'), 'upgrade-refused'],
  [refused(429, 'Too many connections from this address'), 'broker-full'],
  [refused(503, 'Server is restarting'), 'upgrade-refused'],
] as const)('%j is %s', (seen, verdict) => expect(judgeOpen({ ...SEEN, ...seen }).verdict).toBe(verdict));
