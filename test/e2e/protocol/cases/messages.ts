import { expect } from 'vitest';
import { fresh, hearsBeforeEcho, type Visit } from '../../../support/e2e/visit.ts';
import type { PeerSocket } from '../../../support/e2e/peer-socket.ts';
import { differs, same, type Case } from '../case.ts';

const DEAF = { differs: 'never hears that socket again', fails: /waited \d+ ms for a frame/ };

/** As they stand in JSON. */
const IGNORED_TYPES = [
  ...['"OPEN"', '"ID-TAKEN"', '"ERROR"', '"INVALID-KEY"', '"offer"', '"OFFER "', '"__proto__"', '"constructor"', '""'],
  ...['7', 'null', '{}', '["OFFER"]'],
];
const NO_OBJECTS = [
  ...['', '{', '}', 'hello', 'null', '5', '"OFFER"', 'true', 'NaN', '\u0000', "{'type':'OFFER'}", '{"type":"OFFER",}'],
  ...['{"type":"OFFER"}{}', '{"type":"OFFER","payload":01}'],
  ...['{"type":"OFFER","payload":"\n"}', '{"type":"OFFER","payload":"\\x"}'],
];

/** M1 to M12, M17, M18 on a server with its defaults. */
export const MESSAGE_CASES: readonly Case[] = [
  ...['OFFER', 'ANSWER', 'CANDIDATE'].map((type) =>
    same('M1', `${type} is relayed to a peer that is open`, async (server) => {
      const [ann, bob] = await pair(server);
      ann.sends({ type, dst: bob.id, payload: { sdp: 'v=0' } });
      expect(await bob.hears()).toEqual({ type, src: ann.id, dst: bob.id, payload: { sdp: 'v=0' } });
    }),
  ),
  same('M1', 'the sender that is told is the one that registered, whatever it wrote', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sends({ type: 'OFFER', src: 'mallory', dst: bob.id, payload: 1 });
    ann.sendsText(`{"src":"mallory","type":"OFFER","dst":"${bob.id}","payload":1,"src":"trent"}`);
    expect(await bob.hearsAll(2)).toEqual(Array(2).fill({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 1 }));
  }),
  same('M1', 'members that the protocol does not know are dropped', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(`{"type":"OFFER","dst":"${bob.id}","payload":1,"ttl":9,"__proto__":{"type":"LEAVE"},"constructor":1,"":2}`);
    expect(await bob.hearsText()).toBe(JSON.stringify({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 1 }));
  }),
  same('M1', 'without a payload none is made up', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sends({ type: 'ANSWER', dst: bob.id });
    expect(Object.keys(await bob.hears()).sort()).toEqual(['dst', 'src', 'type']);
  }),
  same('M1', 'nobody else hears it', async (server) => {
    const [ann, bob] = await pair(server);
    const eve = await server.enters('eve');
    ann.offers(bob.id);
    await bob.hears();
    expect(await hearsBeforeEcho(eve)).toEqual([]);
    expect(await hearsBeforeEcho(ann)).toEqual([]);
  }),

  ...Object.entries({
    'text of all kinds': { text: 'ünï ☃ 🦊 \u0000 \u001f \u2028 \u2029 \uffff " \\ / </script>' },
    null: null,
    false: false,
    'an empty text': '',
    zero: 0,
    'an empty list': [],
    'members named like nothing': { '': { '': [] } },
    numbers: [0, -1, 1.5, 1e-7, 123456789],
  }).map(([what, payload]) =>
    same('M2', ['a payload arrives as it was sent', what], async (server) => {
      const [ann, bob] = await pair(server);
      ann.offers(bob.id, payload);
      expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload });
    }),
  ),
  same('M2', 'a payload with a nested `__proto__` keeps it', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(`{"type":"OFFER","dst":"${bob.id}","payload":{"__proto__":{"a":1},"constructor":{"prototype":2}}}`);
    expect(await bob.hearsText()).toContain('"payload":{"__proto__":{"a":1},"constructor":{"prototype":2}}');
  }),
  same('M2', 'a half of a surrogate pair arrives as it was escaped', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(`{"type":"OFFER","dst":"${bob.id}","payload":"\\ud83e!"}`);
    expect((await bob.hears())['payload']).toBe('\ud83e!');
  }),
  same('M2', 'a payload of 500 KB arrives whole', async (server) => {
    const [ann, bob] = await pair(server);
    const payload = 'ab🦊☃'.repeat(50_000);
    ann.offers(bob.id, payload);
    expect((await bob.hears())['payload']).toBe(payload);
  }),
  same('M2', 'a payload that is nested 500 times arrives whole', async (server) => {
    const [ann, bob] = await pair(server);
    const payload = `${'['.repeat(500)}7${']'.repeat(500)}`;
    ann.sendsText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
    expect(await bob.hearsText()).toContain(`"payload":${payload}`);
  }),
  ...[
    ['1.10', 'prints numbers again: `1.1`'],
    ['12345678901234567890', 'loses digits of large integers'],
    ['1e400', 'tells null'],
    ['{ "a" : [ 1 , 2 ] }', 'drops the spaces'],
    ['{"a":1,"a":2}', 'keeps the last of members that are repeated'],
    ['"\\u0041\\/"', 'writes its own escapes'],
  ].map(([payload = '', seen = '']) =>
    differs(
      'M2',
      ['the bytes of a payload arrive unchanged', payload],
      { differs: seen, fails: /to contain '"payload":/ },
      async (server) => {
        const [ann, bob] = await pair(server);
        ann.sendsText(`{"type":"OFFER","dst":"${bob.id}","payload":${payload}}`);
        expect(await bob.hearsText()).toContain(`"payload":${payload}`);
      },
    ),
  ),

  same('M3', 'of members that are repeated the last one wins, and one of each leaves', async (server) => {
    const [ann, bob] = await pair(server);
    const text = `{"type":"LEAVE","dst":"nobody","payload":1,"type":"OFFER","dst":"${bob.id}","payload":2}`;
    ann.sendsText(text);
    const heard = await bob.hearsText();
    expect(JSON.parse(heard)).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 2 });
    expect(heard.match(/"(type|src|dst|payload)":/g)).toHaveLength(4);
  }),
  same('M3', 'a name that is escaped is the same name', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(`{"type":"LEAVE","\\u0074ype":"OFFER","ds\\u0074":"${bob.id}","payload":1,"p\\u0061yload":2}`);
    expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 2 });
  }),
  same('M3', 'a type and a destination may be escaped', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(`{"type":"\\u004fFFER","dst":"\\u0062${bob.id.slice(1)}"}`);
    expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id });
  }),

  same('M4', 'a message to oneself is delivered', async (server) => {
    const ann = await server.enters('ann');
    ann.sends({ type: 'CANDIDATE', dst: ann.id, payload: 'me' });
    expect(await ann.hears()).toEqual({ type: 'CANDIDATE', src: ann.id, dst: ann.id, payload: 'me' });
  }),

  same('M5', 'JSON in a binary frame is read, and relayed as text', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsBytes(Buffer.from(JSON.stringify({ type: 'OFFER', dst: bob.id, payload: '🦊' })));
    expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: '🦊' });
    expect(bob.kinds.at(-1)).toBe('text');
  }),
  same('M5', 'space around the JSON is allowed', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText(` \r\n\t{ "type" : "OFFER" ,\n "dst" : "${bob.id}" } \n`);
    expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id });
  }),

  same('M6', 'LEAVE is relayed to an open peer', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sends({ type: 'LEAVE', dst: bob.id });
    expect(await bob.hears()).toEqual({ type: 'LEAVE', src: ann.id, dst: bob.id });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
  }),
  same('M6', 'LEAVE to an absent peer waits for nobody', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    ann.sends({ type: 'LEAVE', dst: id });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
    expect(await hearsBeforeEcho(await server.enters('bob', { id }))).toEqual([]);
  }),

  ...[{ type: 'LEAVE' }, { type: 'LEAVE', dst: '' }, { type: 'LEAVE', dst: null }].map((goodbye) =>
    same('M7', `${JSON.stringify(goodbye)} frees the id for everybody`, async (server) => {
      const ann = await server.enters('ann');
      ann.sends(goodbye);
      await server.entersWhenFree('other', { id: ann.id });
    }),
  ),
  differs(
    'M7',
    'LEAVE without `dst` closes the socket with 1000',
    { differs: 'leaves the socket open', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const ann = await server.enters('ann');
      ann.sends({ type: 'LEAVE' });
      expect((await ann.closed()).code).toBe(1000);
    },
  ),
  differs(
    'M7',
    'who has said LEAVE can send nothing under an id that another holds by now',
    { differs: 'relays it as if the new holder had sent it', fails: /to deeply equal/ },
    async (server) => {
      const [ann, bob] = await pair(server);
      ann.sends({ type: 'LEAVE' });
      const heir = await server.entersWhenFree('heir', { id: ann.id });
      if (ann.isOpen) ann.offers(bob.id, 'from the grave');
      await ann.isReadOrClosed();
      heir.offers(bob.id, 'from the heir');
      expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'from the heir' });
    },
  ),

  same('M8', 'nothing is sent for a HEARTBEAT', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sends({ type: 'HEARTBEAT' }).sends({ type: 'HEARTBEAT', dst: bob.id, payload: 1 });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
    expect(await hearsBeforeEcho(bob)).toEqual([]);
  }),

  ...IGNORED_TYPES.map((type) =>
    same('M9', ['another type is ignored, and the socket goes on', type], async (server) => {
      const [ann, bob] = await pair(server);
      ann.sendsText(`{"type":${type},"dst":"${bob.id}","payload":1}`);
      expect(await hearsBeforeEcho(ann)).toEqual([]);
      ann.offers(bob.id, 'next');
      expect(await bob.hears()).toMatchObject({ payload: 'next' });
    }),
  ),
  same('M9', 'a message without a type is ignored, and the socket goes on', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sends({ dst: bob.id, payload: 1 }).sends({}).offers(bob.id, 'next');
    expect(await bob.hears()).toMatchObject({ payload: 'next' });
  }),

  ...NO_OBJECTS.map((text) =>
    differs('M10', ['what is no JSON object is ignored, and the socket goes on', JSON.stringify(text)], DEAF, async (server) => {
      const [ann, bob] = await pair(server);
      ann.sendsText(text).offers(bob.id, 'next');
      expect(await bob.hears()).toMatchObject({ payload: 'next' });
    }),
  ),
  same('M10', 'a list is ignored, and the socket goes on', async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsText('[]').sendsText('[{"type":"OFFER"}]').offers(bob.id, 'next');
    expect(await bob.hears()).toMatchObject({ payload: 'next' });
  }),
  differs('M10', 'a broken binary frame is ignored, and the socket goes on', DEAF, async (server) => {
    const [ann, bob] = await pair(server);
    ann.sendsBytes(Buffer.from([0, 1, 2, 0xff])).offers(bob.id, 'next');
    expect(await bob.hears()).toMatchObject({ payload: 'next' });
  }),
  differs(
    'M10',
    'a binary frame that is not UTF-8 is no JSON',
    { differs: 'relays it with U+FFFD for what it can not read', fails: /to match object/ },
    async (server) => {
      const [ann, bob] = await pair(server);
      const [before = '', after = ''] = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: '?' }).split('?');
      ann.sendsBytes(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])).offers(bob.id, 'next');
      expect(await bob.hears()).toMatchObject({ payload: 'next' });
    },
  ),
  same('M10', 'nobody else notices what one socket sends', async (server) => {
    const [ann, bob] = await pair(server);
    const mallory = await server.enters('mallory');
    mallory.sendsText('{').sendsText('null').sendsBytes(Buffer.alloc(64, 0xff));
    ann.offers(bob.id, 'over there');
    expect(await bob.hears()).toMatchObject({ payload: 'over there' });
    bob.offers(ann.id, 'and back');
    expect(await ann.hears()).toMatchObject({ payload: 'and back' });
  }),
  differs(
    'M10',
    'a habit of malformed frames is closed with 1007',
    { differs: 'never hears that socket again, but leaves it open', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const ann = await server.enters('ann');
      for (let n = 0; n < 200; n++) ann.sendsText('{');
      expect((await ann.closed()).code).toBe(1007);
    },
  ),

  same('M12', 'OFFER, ANSWER and CANDIDATE without `dst` are ignored, and the socket goes on', async (server) => {
    const ann = await server.enters('ann');
    for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
      ann.sends({ type, payload: 1 }).sends({ type, dst: '' }).sends({ type, dst: null });
    }
    expect(await hearsBeforeEcho(ann)).toEqual([]);
  }),

  same('M17', 'a receiver hears the messages of a sender in their order', async (server) => {
    const [ann, bob] = await pair(server);
    for (let n = 0; n < 300; n++) ann.sends({ type: n % 3 === 0 ? 'OFFER' : 'CANDIDATE', dst: bob.id, payload: n });
    expect((await bob.hearsAll(300)).map((frame) => frame['payload'])).toEqual(count(300));
  }),
  same('M17', 'what waited and what is sent meanwhile arrive in one order', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    for (let n = 0; n < 30; n++) ann.offers(id, n);
    await hearsBeforeEcho(ann);
    const opening = server.opens({ id });
    for (let n = 30; n < 60; n++) ann.offers(id, n);
    const bob = await opening;
    for (let n = 60; n < 90; n++) ann.offers(id, n);
    expect((await bob.hearsAll(91)).slice(1).map((frame) => frame['payload'])).toEqual(count(90));
  }),
  same('M17', 'across a reconnect nothing is lost, doubled or out of order', async (server) => {
    const [ann, bob] = await pair(server);
    for (let n = 0; n < 30; n++) ann.offers(bob.id, n);
    const opening = server.comesBack(bob);
    for (let n = 30; n < 60; n++) ann.offers(bob.id, n);
    const again = await opening;
    for (let n = 60; n < 90; n++) ann.offers(bob.id, n);
    ann.offers(bob.id, 'the end');
    const late: unknown[] = [];
    while (late.at(-1) !== 'the end') late.push((await again.hears())['payload']);
    const early = bob.unheard.map((text) => (JSON.parse(text) as { payload: unknown }).payload);
    expect([...early, ...late].filter((payload) => payload !== undefined)).toEqual([...count(90), 'the end']);
  }),

  same('M18', 'a message of almost a mebibyte is relayed', async (server) => {
    const [ann, bob] = await pair(server);
    ann.offers(bob.id, 'x'.repeat(1024 * 1024 - 200));
    expect(await bob.hears()).toMatchObject({ src: ann.id });
  }),
  differs(
    'M18',
    'a message of more than a mebibyte is closed with 1009, and nobody else notices',
    { differs: 'takes up to 100 MiB', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const [ann, bob] = await pair(server);
      ann.offers(bob.id, 'x'.repeat(1024 * 1024));
      expect((await ann.closed()).code).toBe(1009);
      expect(await hearsBeforeEcho(bob)).toEqual([]);
      await server.entersWhenFree('other', { id: ann.id });
    },
  ),
];

async function pair(server: Visit): Promise<[PeerSocket, PeerSocket]> {
  return Promise.all([server.enters('ann'), server.enters('bob')]);
}

function count(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, n) => n);
}
