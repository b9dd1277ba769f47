import { expect } from 'vitest';
import { elapsed } from '../../../support/e2e/until.ts';
import { fresh, hearsBeforeEcho } from '../../../support/e2e/visit.ts';
import { differs, same, type Case } from '../case.ts';

/** M11, M14, M15 on a server whose messages expire soon. */
export const EXPIRE_MS = 600;
export const EXPIRY_CASES: readonly Case[] = [
  ...['5', '-0.5', '{}', '[]', '["bob"]', 'true'].map((dst) =>
    differs(
      'M11',
      ['a message whose destination is no text is ignored', dst],
      { differs: 'keeps it under that value, and tells EXPIRE with the same value as `src`', fails: /to match object/ },
      async (server) => {
        const [ann, absent] = [await server.enters('ann'), fresh('absent')];
        ann.sendsText(`{"type":"OFFER","dst":${dst},"payload":1}`);
        await elapsed(EXPIRE_MS / 2);
        ann.offers(absent);
        expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: absent });
      },
    ),
  ),
  ...['false', '0'].map((dst) =>
    same('M11', ['a message whose destination is no text is ignored', dst], async (server) => {
      const [ann, absent] = [await server.enters('ann'), fresh('absent')];
      ann.sendsText(`{"type":"OFFER","dst":${dst},"payload":1}`).offers(absent);
      expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: absent });
    }),
  ),
  same('M12', 'what has no destination never expires', async (server) => {
    const [ann, absent] = [await server.enters('ann'), fresh('absent')];
    ann.sends({ type: 'OFFER', payload: 1 });
    await elapsed(EXPIRE_MS / 2);
    ann.offers(absent);
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: absent, dst: ann.id });
  }),
  same('M6', 'LEAVE and EXPIRE to an absent peer never expire', async (server) => {
    const [ann, absent] = [await server.enters('ann'), fresh('absent')];
    ann.sends({ type: 'LEAVE', dst: fresh('nobody') }).sends({ type: 'EXPIRE', dst: fresh('nobody') });
    await elapsed(EXPIRE_MS / 2);
    ann.offers(absent);
    expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: absent });
  }),

  same('M14', 'who sent to a peer that does not come hears EXPIRE from it, and nothing else', async (server) => {
    const [ann, absent] = [await server.enters('ann'), fresh('absent')];
    ann.offers(absent);
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: absent, dst: ann.id });
  }),
  same('M14', 'no message expires before its time', async (server) => {
    const [ann, absent] = [await server.enters('ann'), fresh('absent')];
    const sentAt = performance.now();
    ann.offers(absent);
    await ann.hears();
    expect(performance.now() - sentAt).toBeGreaterThan(EXPIRE_MS - 5);
  }),
  same('M14', 'many messages to one absent peer expire as one', async (server) => {
    const [ann, first, second] = [await server.enters('ann'), fresh('first'), fresh('second')];
    for (let n = 0; n < 20; n++) ann.sends({ type: 'CANDIDATE', dst: first, payload: n });
    await hearsBeforeEcho(ann);
    await elapsed(EXPIRE_MS / 2);
    ann.offers(second);
    const told: unknown[] = [];
    while (told.at(-1) !== second) told.push((await ann.hears())['src']);
    // Once for each sweep, and one sweep may fall between the arrivals.
    expect([
      [first, second],
      [first, first, second],
    ]).toContainEqual(told);
  }),
  same('M14', 'each sender is told, of each absent peer', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    const absent = [fresh('x'), fresh('y')].sort();
    for (const id of absent) {
      ann.offers(id);
      bob.offers(id);
    }
    for (const sender of [ann, bob]) expect((await sender.hearsAll(2)).map((frame) => frame['src']).sort()).toEqual(absent);
  }),
  same('M14', 'what has expired is not delivered any more', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('late')];
    ann.offers(id);
    expect(await ann.hears()).toMatchObject({ type: 'EXPIRE' });
    expect(await hearsBeforeEcho(await server.enters('late', { id }))).toEqual([]);
  }),
  same('M14', 'what was delivered does not expire', async (server) => {
    const [ann, id, absent] = [await server.enters('ann'), fresh('bob'), fresh('absent')];
    ann.offers(id, 'in time');
    await hearsBeforeEcho(ann);
    expect(await (await server.enters('bob', { id })).hears()).toMatchObject({ payload: 'in time' });
    ann.offers(absent);
    expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: absent });
  }),
  same('M14', 'ids like `__proto__` expire like others', async (server) => {
    const ann = await server.enters('ann');
    for (const id of ['__proto__', 'constructor', 'hasOwnProperty']) ann.offers(id);
    const expired = (await ann.hearsAll(3)).map((frame) => frame['src']);
    expect(expired.sort()).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
  }),

  same('M15', 'a sender that has gone is not told, and nobody in its place', async (server) => {
    const [ann, bob, absent] = [await server.enters('ann'), await server.enters('bob'), fresh('absent')];
    ann.offers(absent);
    await hearsBeforeEcho(ann);
    ann.cut();
    bob.offers(absent);
    expect(await bob.hears()).toEqual({ type: 'EXPIRE', src: absent, dst: bob.id });
    expect(await hearsBeforeEcho(bob)).toEqual([]);
  }),
];

/** M11 where nobody else is harmed by what happens. */
export const ODD_DESTINATION_CASES: readonly Case[] = [
  same('M11', 'a destination that is no text does not hold up the expiry of the messages of others', async (server) => {
    const [ann, mallory, absent] = [await server.enters('ann'), await server.enters('mallory'), fresh('absent')];
    mallory.sendsText('{"type":"OFFER","dst":{"id":1},"payload":1}');
    await hearsBeforeEcho(mallory);
    await elapsed(EXPIRE_MS + 300);
    ann.offers(absent);
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: absent, dst: ann.id });
  }),
];

/** M14 where there is time enough to come between two messages. */
export const LONG_EXPIRE_MS = 2_000;
export const AGE_CASES: readonly Case[] = [
  differs(
    'M14',
    'a message waits its full time, however old its mailbox is',
    { differs: 'counts from the first message of the mailbox, and drops a later one young', fails: /waited \d+ ms for a frame/ },
    async (server) => {
      const [ann, bob, id] = [await server.enters('ann'), await server.enters('bob'), fresh('late')];
      ann.offers(id, 'old');
      await elapsed(LONG_EXPIRE_MS * 0.45);
      bob.offers(id, 'young');
      expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: id });
      const late = await server.enters('late', { id });
      expect(await late.hears()).toMatchObject({ src: bob.id, payload: 'young' });
    },
  ),
];

/** M13 where nothing expires by itself: what comes back, comes at once. */
export const MAILBOX_BOUNDS = { mailbox_messages: 10, max_message_bytes: 20_000, mailbox_bytes: 21_000, mailboxes_per_sender: 5 };
const UNBOUNDED = { differs: 'keeps it without bound', fails: /waited \d+ ms for a frame/ };
export const MAILBOX_CASES: readonly Case[] = [
  same('M13', 'what is sent to an absent peer waits for it', async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) ann.sends({ type, dst: id, payload: type });
    expect(await hearsBeforeEcho(ann)).toEqual([]);
    const bob = await server.enters('bob', { id });
    expect((await bob.hearsAll(3)).map((frame) => frame['payload'])).toEqual(['OFFER', 'ANSWER', 'CANDIDATE']);
  }),
  differs('M13', 'one message too many for a mailbox: EXPIRE at once, and the others wait on', UNBOUNDED, async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    for (let n = 0; n <= 10; n++) ann.sends({ type: 'CANDIDATE', dst: id, payload: n });
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: id, dst: ann.id });
    const bob = await server.enters('bob', { id });
    expect((await bob.hearsAll(10)).map((frame) => frame['payload'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }),
  differs('M13', 'more bytes than a mailbox holds are answered with EXPIRE at once', UNBOUNDED, async (server) => {
    const [ann, id] = [await server.enters('ann'), fresh('bob')];
    ann.offers(id, 'x'.repeat(12_000)).offers(id, 'x'.repeat(12_000));
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: id, dst: ann.id });
  }),
  differs('M13', 'a sender that fills too many mailboxes hears EXPIRE from the next at once', UNBOUNDED, async (server) => {
    const [ann, ids] = [await server.enters('ann'), Array.from({ length: 6 }, () => fresh('absent'))];
    for (const id of ids) ann.offers(id);
    expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: ids[5], dst: ann.id });
  }),
  ...[
    ['too long', 'x'.repeat(129)],
    ['with a control character', 'a\u0007b'],
    ['with half of a surrogate pair', 'a\ud83eb'],
  ].map(([what = '', id]) =>
    differs(
      'M13',
      ["a destination that can be nobody's id is answered with EXPIRE at once", what],
      { differs: 'keeps it like any other', fails: /waited \d+ ms for a frame/ },
      async (server) => {
        const ann = await server.enters('ann');
        ann.offers(String(id));
        expect(await ann.hears()).toEqual({ type: 'EXPIRE', src: id, dst: ann.id });
      },
    ),
  ),
];

/** M13 where the realm itself is small; alone, because it is filled. */
export const SMALL_REALM = { max_message_bytes: 15_000, mailbox_bytes: 16_000, realm_mailbox_bytes: 20_000 };
export const SMALL_REALM_CASES: readonly Case[] = [
  differs('M13', 'when the realm holds all that it may, EXPIRE comes at once', UNBOUNDED, async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    const [first, second] = [fresh('first'), fresh('second')];
    ann.offers(first, 'x'.repeat(12_000));
    await hearsBeforeEcho(ann);
    bob.offers(second, 'x'.repeat(12_000));
    expect(await bob.hears()).toEqual({ type: 'EXPIRE', src: second, dst: bob.id });
  }),
];
