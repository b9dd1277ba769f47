import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';
import { createBroker } from '../../../src/composition/library.ts';
import {
  GRANTED,
  httpOutcome,
  peeroOutcome,
  peerjsOutcome,
  queryOf,
  relayOutcome,
  socketioOutcome,
  type TokenPlaces,
} from '../../support/e2e/wires.ts';

/* The places of a token on every wire, their order, and the realms and ids of a token. */

const SECRET = 'replace-this-by-32-random-bytes-or-more';
const LISTED = 'https://app.example.org';
const FAILURES = 5;

function tokenOf(sub: string, signalbox: object = {}, secret = SECRET): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: 'HS256' })}.${part({ sub, aud: 'signalbox', exp, signalbox })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const GOOD = tokenOf('ann', { discover: true });
const BAD = tokenOf('ann', {}, `${SECRET}!`);

type Wire = (port: number, places: TokenPlaces) => Promise<string>;

const SOCKETS: Readonly<Record<string, Wire>> = {
  PeerJS: (port, places) => peerjsOutcome({ port, id: 'ann' }, places),
  Peero: (port, places) => peeroOutcome({ port }, places),
  relay: (port, places) => relayOutcome({ port }, places),
  'Socket.IO over WebSocket': (port, places) => socketioOutcome({ port }, places, { transport: 'websocket' }),
  'Socket.IO over polling': (port, places) => socketioOutcome({ port }, places, { transport: 'polling' }),
};

const REQUESTS: Readonly<Record<string, Wire>> = {
  ice: (port, { query, ...places }) => httpOutcome(port, `/peerjs/ice?${queryOf({ id: 'ann', token: query })}`, places),
  peers: (port, { query, ...places }) => httpOutcome(port, `/peerjs/peers?${queryOf({ token: query })}`, places),
};

const ALL = { ...SOCKETS, ...REQUESTS };
const isRefused = (outcome: string): boolean => /^(4401 |401$|Invalid token|Authentication required)/.test(outcome);

describe.each(['node', 'uws'] as const)('the places of a token, on %s', (transport) => {
  let broker: EmbeddedBroker;
  let port = 0;
  beforeAll(async () => {
    broker = createBroker({
      ...{ port: 0, host: '127.0.0.1', transport, log_level: 'silent', cors: [LISTED], proxied: true, http_rate_limit: 0 },
      ...{ auth: 'required', auth_key: [SECRET], auth_failures_per_minute: FAILURES, ice_rate_limit: 0 },
      ...{ key: ['peerjs', 'other'], allow_discovery: true, stun: 'stun:stun.example.org' },
      dialects: ['peerjs', 'socketio', 'peero', 'relay'],
    });
    ({ port } = await broker.listen());
  });
  afterAll(() => broker.close());

  let clients = 0;
  /** Each client has an address of its own, because refused tokens count for it. */
  const ask = (wire: Wire, places: TokenPlaces): Promise<string> =>
    wire(port, { address: `198.51.100.${(clients += 1) % 250}`, ...places });

  it.each(Object.entries(ALL))('A12: %s reads the cookie of a page of a listed origin', async (_, wire) => {
    expect(await ask(wire, { cookie: GOOD, origin: LISTED })).toBe(GRANTED);
    expect(await ask(wire, { cookie: BAD, origin: LISTED })).toSatisfy(isRefused);
  });

  it.each(Object.entries(ALL))('A12: %s does not read the cookie of another client', async (_, wire) => {
    expect(await ask(wire, { cookie: GOOD })).not.toBe(GRANTED);
    for (const origin of ['https://evil.example', `${LISTED}.evil.example`, 'null', 'http://app.example.org']) {
      expect(await ask(wire, { cookie: GOOD, origin })).not.toBe(GRANTED);
    }
  });

  it.each(Object.entries(ALL))('A2: %s: header, then query, then cookie', async (_, wire) => {
    const cookie = { origin: LISTED, cookie: BAD };
    expect(await ask(wire, { header: GOOD, query: BAD, ...cookie })).toBe(GRANTED);
    expect(await ask(wire, { header: BAD, query: GOOD, ...cookie, cookie: GOOD })).toSatisfy(isRefused);
    expect(await ask(wire, { query: GOOD, ...cookie })).toBe(GRANTED);
    expect(await ask(wire, { query: BAD, ...cookie, cookie: GOOD })).toSatisfy(isRefused);
  });

  it.each(['PeerJS', 'Peero', 'relay'])('A2, A11: %s: query, then subprotocol, then cookie', async (name) => {
    const wire = SOCKETS[name] ?? expect.fail(name);
    expect(await ask(wire, { query: GOOD, protocol: BAD })).toBe(GRANTED);
    expect(await ask(wire, { query: BAD, protocol: GOOD })).toSatisfy(isRefused);
    expect(await ask(wire, { protocol: GOOD, cookie: BAD, origin: LISTED })).toBe(GRANTED);
    expect(await ask(wire, { protocol: BAD, cookie: GOOD, origin: LISTED })).toSatisfy(isRefused);
  });

  it.each(['websocket', 'polling'] as const)('A1, SIO10: over %s, the token of CONNECT comes first', async (by) => {
    const connect = (auth: string | undefined, places: TokenPlaces = {}): Promise<string> =>
      ask((_, given) => socketioOutcome({ port }, given, { auth, transport: by }), places);
    expect(await connect(GOOD, { header: BAD, query: BAD })).toBe(GRANTED);
    expect(await connect(BAD, { header: GOOD, query: GOOD })).toBe('4401 Invalid token');
    expect(await connect(undefined)).toBe('4401 Authentication required');
  });

  it('A3: a token of one realm opens nothing in another', async () => {
    const query = tokenOf('ann', { realm: 'peerjs', discover: true });
    const [text, key] = ['This token is not for this key', 'other'];
    const places = { query };
    expect(await peerjsOutcome({ port, key, id: 'ann' }, places)).toBe(text);
    expect(await peeroOutcome({ port, key }, places)).toBe('4403 Not allowed');
    expect(await relayOutcome({ port, key }, places)).toBe('4403 Not allowed');
    expect(await socketioOutcome({ port, key }, places, { transport: 'websocket' })).toBe(`4403 ${text}`);
    const asked = queryOf({ id: 'ann', token: query });
    expect(await httpOutcome(port, `/other/check?${asked}`, {})).toBe(text);
    expect([await httpOutcome(port, `/other/ice?${asked}`, {}), await httpOutcome(port, `/other/peers?${asked}`, {})]).toEqual([
      '403',
      '403',
    ]);
  });

  it('A8: guesses from all addresses of a /64 count together, on every wire, and those of another /64 do not', async () => {
    const guess = (wire: Wire, n: number): Promise<string> =>
      wire(port, { query: BAD, address: `2001:db8:0:1::${n.toString(16)}` });
    const wires = Object.values(ALL);
    for (let n = 0; n < FAILURES; n++) expect(await guess(wires[n] ?? expect.fail('a wire'), n)).toSatisfy(isRefused);
    for (const wire of wires) expect(await wire(port, { query: GOOD, address: '2001:db8:0:1:ffff::9' })).toMatch(/429|error/);
    for (const wire of wires) expect(await wire(port, { query: GOOD, address: '2001:db8:0:2::9' })).toBe(GRANTED);
  });
});

describe('reserved ids', () => {
  it('A1, A3: a guest takes no id that is reserved or looks like it, in any spelling of the request', async () => {
    const broker = createBroker({
      ...{ port: 0, host: '127.0.0.1', transport: 'node', log_level: 'silent', legacy_xhr: true },
      ...{ auth: 'optional', auth_key: [SECRET], reserved_ids: ['support', 'staff-*'], auth_failures_per_minute: 0 },
    });
    const { port } = await broker.listen();
    const outcome = (id: string): Promise<string> => peerjsOutcome({ port, id }, { query: 'k2j3h4' });
    try {
      const alike = [
        'support',
        'Support',
        'SUPPORT',
        ' support',
        'support ',
        'ｓｕｐｐｏｒｔ',
        'ſupport',
        'sup\u200Bport',
        'STAFF-1',
      ];
      for (const id of alike) expect(await outcome(id), id).toBe('ID is taken');
      for (const id of ['supporter', 'my-support', 'staff', '%73upport']) expect(await outcome(id), id).toBe(GRANTED);
      const escaped = `/peerjs/check?key=peerjs&id=%73upport&token=k2j3h4`;
      expect(await httpOutcome(port, escaped, {})).toBe('ID is taken');
    } finally {
      await broker.close();
    }
  });
});
