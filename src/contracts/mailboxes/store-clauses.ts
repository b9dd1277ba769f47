import { expect } from '../expect.ts';
import { realmKey, type PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import {
  GREEN,
  offer,
  takePayloads,
  plain,
  put,
  take,
  mailboxOwner,
  TOO_LARGE,
  type Clause,
  type MailboxSubject,
} from './fixture.ts';

const ODD_IDS: readonly string[] = [
  ...['__proto__', 'constructor', 'a b', 'a', 'A', 'a:b', '*', '$1', '0'],
  ...['😀'.repeat(128), '字'.repeat(128), '字'.repeat(127)],
];

/** Order, copies and separation of mailboxes. */
export const STORE_CLAUSES: readonly Clause[] = [
  {
    name: 'O11, M17: take returns all waiting messages in the order of arrival',
    async run(subject) {
      const texts = Array.from({ length: 40 }, (_, index) => `"${index}"`);
      for (const [index, payload] of texts.entries()) {
        expect(await put(subject, offer({ from: index % 3 === 0 ? 'ann' : 'eve', payload }), { now: index })).toBe('held');
      }
      expect(await takePayloads(subject, 'bob')).toEqual(texts);
    },
  },
  {
    name: 'O11: taken messages are removed',
    async run(subject) {
      await put(subject, offer());
      expect(await take(subject, 'bob')).toHaveLength(1);
      expect(await take(subject, 'bob')).toEqual([]);
      expect(await take(subject, 'nobody')).toEqual([]);
    },
  },
  {
    name: 'O11: concurrent takes return no message twice',
    async run(subject) {
      for (let index = 0; index < 10; index++) await put(subject, offer({ payload: `${index}` }));
      const taken = await Promise.all(Array.from({ length: 4 }, () => takePayloads(subject, 'bob')));
      expect(taken.flat().sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    },
  },
  {
    name: 'O11: take does not remove messages for other ids',
    async run(subject) {
      await put(subject, offer({ to: 'bob', payload: '"for bob"' }));
      await put(subject, offer({ to: 'bo', payload: '"for bo"' }));
      await take(subject, 'bob');
      expect(await takePayloads(subject, 'bo')).toEqual(['"for bo"']);
    },
  },
  {
    name: 'O2: realms are independent',
    async run(subject) {
      await put(subject, offer({ payload: '"in green"' }), { realm: 'green' });
      await put(subject, offer({ payload: '"in blue"' }), { realm: 'blue' });
      expect(await take(subject, 'bob', 'red')).toEqual([]);
      expect(await takePayloads(subject, 'bob', 'blue')).toEqual(['"in blue"']);
      expect(await takePayloads(subject, 'bob', 'green')).toEqual(['"in green"']);
    },
  },
  {
    name: 'calls each answer once, in the order of the calls',
    async run(subject) {
      const { store } = subject;
      const answers: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        store.put(realmKey(GREEN), mailboxOwner(realmKey(GREEN), offer().from), offer(), 0, (outcome) => answers.push(outcome));
        store.put(realmKey(GREEN), mailboxOwner(realmKey(GREEN), TOO_LARGE.from), TOO_LARGE, 0, (outcome) =>
          answers.push(outcome),
        );
        store.expire(0, (expired) => answers.push(expired.length));
        store.take(mailboxOwner(realmKey(GREEN), 'bob' as PeerId), (messages) => answers.push(messages.length));
      }
      for (let later = 0; later < 3; later++) await take(subject, 'nobody');
      const round = ['held', 'full', 0, 1];
      expect(answers).toEqual([...round, ...round, ...round]);
    },
  },
  {
    name: 'M13: put copies the payload: the caller may overwrite it after the call',
    run: (subject) => copiesPayload(subject, new Uint8Array(64)),
  },
  {
    name: "M13: put copies the payload also of Node's buffers, whose `slice` does not copy",
    run: (subject) => copiesPayload(subject, Buffer.alloc(64)),
  },
  {
    name: 'M2: a message is returned unchanged',
    async run(subject) {
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const messages: readonly SignalMessage[] = [
        { ...offer(), kind: 'answer', payload: everyByte },
        { ...offer({ from: 'eve' }), kind: 'candidate', payload: undefined },
        { ...offer({ payload: '"\u2028😀"' }), payload: new Uint8Array(100_000).fill(0x20) },
      ];
      for (const message of messages) await put(subject, message);
      expect((await take(subject, 'bob')).map(plain)).toEqual(messages.map(plain));
    },
  },
  {
    name: 'O7: any text is an id, and different texts are different ids',
    async run(subject) {
      const messages = ODD_IDS.map((id) => offer({ from: id, to: id, payload: JSON.stringify(id) }));
      for (const message of messages) expect(await put(subject, message), message.to).toBe('held');
      for (const message of messages) expect((await take(subject, message.to)).map(plain)).toEqual([plain(message)]);
    },
  },
  {
    name: 'O2: realm and id are not confused by any separator',
    async run(subject) {
      for (const between of [':', '/', '.', '|', ' ', '{}']) {
        await put(subject, offer({ to: `a${between}b` }), { realm: 'green' });
        expect(await take(subject, 'b', `green${between}a`), between).toEqual([]);
      }
    },
  },
];

async function copiesPayload(subject: MailboxSubject, bytes: Uint8Array): Promise<void> {
  bytes.fill(0x61);
  const held = put(subject, { ...offer(), payload: bytes.subarray(8, 16) });
  bytes.fill(0x78);
  expect(await held).toBe('held');
  expect(await takePayloads(subject, 'bob')).toEqual(['aaaaaaaa']);
}
