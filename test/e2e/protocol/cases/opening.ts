import { expect } from 'vitest';
import { fresh, hearsBeforeEcho } from '../../../support/e2e/visit.ts';
import { differs, same, type Case } from '../case.ts';

const NO_CODE = 'closes without a code, which a client sees as 1005';
const INCOMPLETE = { type: 'ERROR', payload: { msg: 'No id, token, or key supplied to websocket server' } };
const WRONG_KEY = { type: 'ERROR', payload: { msg: 'Invalid key provided' } };
const TAKEN = { type: 'ID-TAKEN', payload: { msg: 'ID is taken' } };
const FULL = { type: 'ERROR', payload: { msg: 'Server has reached its concurrent user limit' } };
const INVALID_ID = { type: 'ERROR', payload: { msg: 'Invalid id' } };

const INCOMPLETE_QUERIES = [
  ...['', 'key=peerjs', 'key=peerjs&id=ann', 'key=peerjs&token=t', 'id=ann&token=t'],
  ...['key=&id=ann&token=t', 'key=peerjs&id=&token=t', 'key=peerjs&id=ann&token='],
];
const PLAIN_IDS = [
  ...['__proto__', 'constructor', 'toString', 'null', 'ünïcode-☃-🦊', 'two words', '+', 'a%2Fb', 'a/b?c=d&e#f', '..', '0'],
  ...['<script>alert(1)</script>', "'; drop table"],
];

/** O1 to O5, O7 to O9, O11 on a server with its defaults. */
export const OPENING_CASES: readonly Case[] = [
  ...INCOMPLETE_QUERIES.map((query) =>
    same('O1', ['where one of three is missing, an ERROR says so, and the socket is closed', `?${query}`], async (server) => {
      const socket = await server.opensAt(`${server.path}peerjs?${query}`);
      expect(await socket.hears()).toEqual(INCOMPLETE);
      await socket.closed();
      expect(socket.unheard).toEqual([]);
    }),
  ),
  differs('O1', 'the socket is closed with 1008', { differs: NO_CODE, fails: /expected 1005 to be 1008/ }, async (server) => {
    const socket = await server.opensAt(`${server.path}peerjs?key=peerjs`);
    expect((await socket.closed()).code).toBe(1008);
  }),

  ...['nobody', 'Peerjs', 'peerjs ', '__proto__', 'constructor'].map((key) =>
    same('O2', ['where the key is unknown, an ERROR says so, and the socket is closed', key], async (server) => {
      const socket = await server.opens({ key });
      expect(await socket.hears()).toEqual(WRONG_KEY);
      await socket.closed();
    }),
  ),
  differs('O2', 'the socket is closed with 1008', { differs: NO_CODE, fails: /expected 1005 to be 1008/ }, async (server) => {
    const socket = await server.opens({ key: 'nobody' });
    expect((await socket.closed()).code).toBe(1008);
  }),

  same('O3', 'a free id hears OPEN, and nothing else', async (server) => {
    const socket = await server.opens();
    expect(await socket.hears()).toEqual({ type: 'OPEN' });
    expect(await hearsBeforeEcho(socket)).toEqual([]);
  }),
  same('O3', 'further parameters are ignored', async (server) => {
    const socket = await server.opensAt(`${server.socketTarget()}&version=1.5.5&ts=1&__proto__=x`);
    expect(await socket.hears()).toEqual({ type: 'OPEN' });
  }),
  same('O3', 'parameters may come in any order', async (server) => {
    const socket = await server.opensAt(`${server.path}peerjs?token=t&id=${fresh('ann')}&key=peerjs`);
    expect(await socket.hears()).toEqual({ type: 'OPEN' });
  }),

  same('O4', 'an id that belongs to another token: ID-TAKEN, and the socket is closed', async (server) => {
    const ann = await server.enters('ann');
    const thief = await server.opens({ id: ann.id });
    expect(await thief.hears()).toEqual(TAKEN);
    await thief.closed();
  }),
  differs('O4', 'the socket is closed with 1008', { differs: NO_CODE, fails: /expected 1005 to be 1008/ }, async (server) => {
    const ann = await server.enters('ann');
    const thief = await server.opens({ id: ann.id });
    expect((await thief.closed()).code).toBe(1008);
  }),
  same('O4', 'who holds the id does not notice', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    await (await server.opens({ id: ann.id })).closed();
    bob.offers(ann.id, 'still you?');
    expect(await hearsBeforeEcho(bob)).toEqual([]);
    expect(await ann.hears()).toMatchObject({ src: bob.id, payload: 'still you?' });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
  }),
  ...['prefix', 'longer', 'case'].map((kind) =>
    same('O4', ['a token that is almost right is another token', kind], async (server) => {
      const token = fresh('Token');
      const { id } = await server.enters('ann', { token });
      const almost = { prefix: token.slice(0, -1), longer: `${token}x`, case: token.toLowerCase() }[kind];
      expect(await (await server.opens({ id, token: almost })).hears()).toEqual(TAKEN);
    }),
  ),

  differs(
    'O5',
    'a reconnect hears OPEN',
    { differs: 'sends no OPEN, so that the `open` event of the client never fires', fails: /waited \d+ ms for a frame/ },
    async (server) => {
      const ann = await server.enters('ann');
      expect(await (await server.comesBack(ann)).hears()).toEqual({ type: 'OPEN' });
    },
  ),
  differs(
    'O5',
    'a reconnect closes the old socket with 4001',
    { differs: 'leaves the old socket open', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const ann = await server.enters('ann');
      await server.comesBack(ann);
      expect((await ann.closed()).code).toBe(4001);
    },
  ),
  same('O5', 'after a reconnect the new socket gets what is sent to the peer', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    const again = await server.comesBack(ann);
    await again.pings();
    bob.offers(ann.id, 'to the new one');
    const heard = await again.hears();
    expect(heard['type'] === 'OPEN' ? await again.hears() : heard).toMatchObject({ src: bob.id, payload: 'to the new one' });
    expect(ann.unheard).toEqual([]);
  }),
  differs(
    'O5',
    'what the old socket sends after a reconnect does not count',
    { differs: 'still takes it for the peer', fails: /to deeply equal/ },
    async (server) => {
      const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
      const again = await server.comesBack(ann);
      await again.pings();
      if (ann.isOpen) ann.offers(bob.id, 'from the past');
      await ann.isReadOrClosed();
      again.offers(bob.id, 'from the present');
      expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'from the present' });
    },
  ),
  same('O5', 'when the old socket goes, the id still belongs to the new one', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    const again = await server.comesBack(ann);
    await again.pings();
    await ann.leaves();
    expect(await (await server.opens({ id: ann.id })).hears()).toEqual(TAKEN);
    again.offers(bob.id, 'here');
    expect(await bob.hears()).toMatchObject({ src: ann.id, payload: 'here' });
  }),

  ...PLAIN_IDS.map((name) =>
    same('O7', ['a plain id', name], async (server) => {
      // Bare for the names that JavaScript knows; nobody else uses them here.
      const id = /^[_a-z]+$/i.test(name) ? name : fresh(name);
      const [ann, bob] = [await server.enters('ann', { id }), await server.enters('bob')];
      bob.offers(id, { to: id });
      expect(await ann.hears()).toEqual({ type: 'OFFER', src: bob.id, dst: id, payload: { to: id } });
      ann.sends({ type: 'ANSWER', dst: bob.id });
      expect(await bob.hears()).toEqual({ type: 'ANSWER', src: id, dst: bob.id });
    }),
  ),
  same('O7', 'an id of 128 characters is a plain id', async (server) => {
    await server.enters('ann', { id: fresh('x'.repeat(128)).slice(-128) });
  }),
  same('O7', 'characters are counted, not code units: 128 foxes are a plain id', async (server) => {
    await server.enters('ann', { id: '🦊'.repeat(128) });
  }),
  ...[
    ['of 129 characters', 'x'.repeat(129)],
    ['of 3,000 characters', 'x'.repeat(3000)],
    ['with a line feed', 'an\nn'],
    ['with a null character', 'an\u0000n'],
    ['with an escape of C1', 'an\u0085n'],
  ].map(([what = '', id]) =>
    differs(
      'O7',
      ["an id that can be nobody's: ERROR, then 1008", what],
      { differs: 'accepts it', fails: /"type": "(OPEN|ERROR)"|to deeply equal/ },
      async (server) => {
        const socket = await server.opens({ id });
        expect(await socket.hears()).toEqual(INVALID_ID);
        expect((await socket.closed()).code).toBe(1008);
      },
    ),
  ),

  same('O8', 'of a repeated id the last one wins', async (server) => {
    const [first, last] = [fresh('first'), fresh('last')];
    const socket = await server.opensAt(`${server.path}peerjs?key=peerjs&id=${first}&token=t&id=${last}`);
    expect(await socket.hears()).toEqual({ type: 'OPEN' });
    socket.offers(last, 'me');
    expect(await socket.hears()).toMatchObject({ src: last });
  }),
  same('O8', 'of a repeated key the last one wins', async (server) => {
    const rest = `token=t&id=${fresh('ann')}`;
    expect(await (await server.opensAt(`${server.path}peerjs?key=nobody&${rest}&key=peerjs`)).hears()).toEqual({ type: 'OPEN' });
    expect(await (await server.opensAt(`${server.path}peerjs?key=peerjs&${rest}&key=nobody`)).hears()).toEqual(WRONG_KEY);
  }),
  same('O8', 'of a repeated token the last one wins', async (server) => {
    const id = fresh('ann');
    await (await server.opensAt(`${server.path}peerjs?key=peerjs&id=${id}&token=first&token=last`)).hears();
    expect(await (await server.opensAt(`${server.path}peerjs?key=peerjs&id=${id}&token=first`)).hears()).toEqual(TAKEN);
  }),

  ...['', 'peerjs/', 'peerjs/more', 'peerjss', 'PeerJS', 'peerjs/peerjs', 'peerjs/id'].map((path) =>
    differs(
      'O9',
      ['no socket opens at another path, or with a slash too many: 404', `{path}${path}`],
      { differs: '400', fails: /expected 400 to be 404/ },
      async (server) => {
        expect(await server.statusOf(`${server.path}${path}?key=peerjs&id=${fresh('ann')}&token=t`)).toBe(404);
      },
    ),
  ),

  same('O11', 'what waits for an id comes after OPEN, in order', async (server) => {
    const [ann, bob] = [await server.enters('ann'), fresh('bob')];
    ann.sends({ type: 'OFFER', dst: bob, payload: 1 });
    ann.sends({ type: 'CANDIDATE', dst: bob, payload: 2 }).sends({ type: 'CANDIDATE', dst: bob });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
    const frames = await (await server.opens({ id: bob })).hearsAll(4);
    expect(frames).toEqual([
      { type: 'OPEN' },
      { type: 'OFFER', src: ann.id, dst: bob, payload: 1 },
      { type: 'CANDIDATE', src: ann.id, dst: bob, payload: 2 },
      { type: 'CANDIDATE', src: ann.id, dst: bob },
    ]);
  }),
  same('O11', 'what waited is delivered once', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    ann.offers(id, 'once');
    await hearsBeforeEcho(ann);
    const bob = await server.enters('bob', { id });
    expect(await bob.hears()).toMatchObject({ payload: 'once' });
    await bob.leaves();
    expect(await hearsBeforeEcho(await server.enters('bob', { id }))).toEqual([]);
  }),
  same('O11', 'a socket that is refused gets nothing of what waits', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    ann.offers(id, 'for bob only');
    await hearsBeforeEcho(ann);
    const stranger = await server.opens({ id, key: 'nobody' });
    expect(await stranger.hears()).toEqual(WRONG_KEY);
    await stranger.closed();
    expect(stranger.unheard).toEqual([]);
    expect(await (await server.enters('bob', { id })).hears()).toMatchObject({ payload: 'for bob only' });
  }),
];

/** O6 on a server for two peers; each case finds and leaves it empty. */
export const CROWD_CASES: readonly Case[] = [
  same('O6', 'where the realm is full, an ERROR says so, the socket is closed, and one that left makes room', async (server) => {
    const ann = await server.entersWhenFree('ann');
    await server.entersWhenFree('bob');
    const third = await server.opens();
    expect(await third.hears()).toEqual(FULL);
    await third.closed();
    await ann.leaves();
    await server.entersWhenFree('fourth');
  }),
  differs('O6', 'the socket is closed with 1013', { differs: NO_CODE, fails: /expected 1005 to be 1013/ }, async (server) => {
    await server.entersWhenFree('ann');
    await server.entersWhenFree('bob');
    expect((await (await server.opens()).closed()).code).toBe(1013);
  }),
  same('O6', 'a reconnect is never refused because the realm is full', async (server) => {
    const ann = await server.entersWhenFree('ann');
    await server.entersWhenFree('bob');
    const again = await server.comesBack(ann);
    again.offers(ann.id, 'still here');
    const heard = await again.hears();
    expect(heard['type'] === 'OPEN' ? await again.hears() : heard).toMatchObject({ payload: 'still here' });
  }),
  same('O6', 'who asks for a taken id is told that, full or not', async (server) => {
    const ann = await server.entersWhenFree('ann');
    await server.entersWhenFree('bob');
    expect(await (await server.opens({ id: ann.id })).hears()).toEqual(TAKEN);
  }),
];

/** O2 and H4 on a server with two keys. */
export const TWO_REALM_CASES: readonly Case[] = [
  differs(
    'O2',
    'each of several keys is a realm of its own: an id may stand in both, and neither hears the other',
    { differs: 'knows one key only', fails: /instead of OPEN/ },
    async (server) => {
      const [id, absent] = [fresh('ann'), fresh('absent')];
      const here = await server.enters('ann', { id, key: 'here' });
      const there = await server.enters('ann', { id, key: 'there' });
      const bob = await server.enters('bob', { id: absent, key: 'there' });
      here.offers(absent, 'across');
      here.offers(id, 'to myself');
      expect(await here.hears()).toMatchObject({ payload: 'to myself' });
      expect(await hearsBeforeEcho(bob)).toEqual([]);
      expect(await hearsBeforeEcho(there)).toEqual([]);
    },
  ),
  differs(
    'H4',
    'of several realms each lists its own peers',
    { differs: 'knows one key only', fails: /instead of OPEN/ },
    async (server) => {
      const here = await server.enters('ann', { key: 'here' });
      const there = await server.enters('bob', { key: 'there' });
      const listed = JSON.parse((await server.asks('there/peers')).body) as string[];
      expect(listed).toContain(there.id);
      expect(listed).not.toContain(here.id);
    },
  ),
];
