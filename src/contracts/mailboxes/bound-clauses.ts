import { expect } from '../expect.ts';
import { realmKey, type PeerId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import { expire, GREEN, mailboxOwner, MUCH_LATER, offer, takePayloads, put, take, TIMEOUT, TOO_LARGE, weigh } from './fixture.ts';
import type { Clause, MailboxSubject } from './fixture.ts';

/** Limits of mailboxes. */
export const BOUND_CLAUSES: readonly Clause[] = [
  {
    name: 'M13: the message limit of a mailbox is exact; taken and expired messages do not count',
    limits: { mailboxMessages: 3 },
    run: (subject) => fillsExactly(subject, 3),
  },
  {
    name: 'M13: the byte limit of a mailbox is exact; taken and expired messages do not count',
    limits: { mailboxBytes: 4 * weigh(offer()) },
    needsOwnBytes: true,
    async run(subject) {
      await fillsExactly(subject, 4);
      const longest = 'x'.repeat(4 * weigh(offer()) - weigh(offer({ to: 'carol', payload: '' })));
      expect(await put(subject, offer({ to: 'carol', payload: longest }), { now: MUCH_LATER })).toBe('held');
      expect(await put(subject, offer({ to: 'dave', payload: `${longest}x` }), { now: MUCH_LATER })).toBe('full');
    },
  },
  {
    name: 'M13: the byte limit of a realm is exact; taken and expired messages do not count',
    limits: { realmMailboxBytes: 4 * weigh(offer()) },
    needsOwnBytes: true,
    async run(subject) {
      await fillsExactly(subject, 4);
      const now = MUCH_LATER;
      for (const to of ['bob', 'carol', 'dave', 'bob']) expect(await put(subject, offer({ to }), { now })).toBe('held');
      expect(await put(subject, offer({ to: 'erin' }), { now })).toBe('full');
      await take(subject, 'bob');
      const longest = 'x'.repeat(2 * weigh(offer()) - weigh(offer({ payload: '' })));
      expect(await put(subject, offer({ to: 'erin', payload: `${longest}x` }), { now })).toBe('full');
      expect(await put(subject, offer({ to: 'erin', payload: longest }), { now })).toBe('held');
    },
  },
  {
    name: 'M13: the mailbox limit of a sender is exact; taken and expired messages do not count',
    limits: { mailboxesPerSender: 2 },
    async run(subject) {
      for (const to of ['bob', 'carol', 'bob']) expect(await put(subject, offer({ to }))).toBe('held');
      expect(await put(subject, offer({ to: 'dave' }))).toBe('full');
      await take(subject, 'bob');
      expect(await put(subject, offer({ to: 'dave' }))).toBe('held');
      expect(await put(subject, offer({ to: 'erin' }))).toBe('full');
      await expire(subject, MUCH_LATER);
      for (const to of ['erin', 'frank']) expect(await put(subject, offer({ to }), { now: MUCH_LATER })).toBe('held');
      expect(await put(subject, offer({ to: 'bob' }), { now: MUCH_LATER })).toBe('full');
    },
  },
  {
    name: 'M13: names the limit that forbids a message, or none',
    limits: { mailboxMessages: 2, mailboxesPerSender: 3 },
    async run(subject) {
      const byMessages = await firstRejection(subject, () => offer({ to: 'bob' }));
      expect([undefined, 'messages']).toContain(byMessages);
      const bySender = await firstRejection(subject, (index) => offer({ to: `peer ${index}` }));
      expect([undefined, 'sender']).toContain(bySender);
    },
  },
  {
    name: 'O11: tells for each taken message how long it was held, or for none',
    async run(subject) {
      for (let index = 0; index < 3; index++) await put(subject, offer({ to: 'bob' }), { now: 5 });
      const waits = await new Promise<readonly Millis[] | undefined>((answer) =>
        subject.store.take(mailboxOwner(realmKey(GREEN), offer().to), (_messages, _unread, _claim, all) => answer(all), 25),
      );
      if (waits !== undefined) expect(waits).toHaveLength(3);
      expect(waits?.every((wait) => wait >= 0) ?? true).toBe(true);
    },
  },
  {
    name: 'M13: a sender at its mailbox limit can use its open mailboxes, and limits no other sender',
    limits: { mailboxesPerSender: 5 },
    async run(subject) {
      const opened = await fill(subject, (index) => offer({ to: `peer ${index}` }));
      for (let index = 0; index < opened; index++) expect(await put(subject, offer({ to: `peer ${index}` }))).toBe('held');
      expect(await put(subject, offer({ from: 'eve', to: 'peer 0' }))).toBe('held');
      expect(await put(subject, offer({ from: 'eve', to: 'another' }))).toBe('held');
      expect(await put(subject, offer({ to: 'another' }), { realm: 'blue' })).toBe('held');
    },
  },
  {
    name: 'M13: a mailbox counts for a sender until its last message there has expired',
    limits: { mailboxesPerSender: 5 },
    async run(subject) {
      await fill(subject, (index) => offer({ to: `peer ${index}` }));
      for (const now of [1, TIMEOUT]) expect(await put(subject, offer({ to: 'peer 0' }), { now })).toBe('held');
      await expire(subject, TIMEOUT * 1.5);
      const opened = await fill(subject, (index) => offer({ to: `later ${index}` }), TIMEOUT * 1.5);
      await expire(subject, MUCH_LATER);
      expect(await fill(subject, (index) => offer({ to: `at last ${index}` }), MUCH_LATER)).toBe(opened + 1);
    },
  },
  {
    name: 'M13: a full mailbox does not limit other mailboxes, and a full realm does not limit other realms',
    limits: { mailboxMessages: 10, mailboxBytes: 8 * weigh(offer()), realmMailboxBytes: 40 * weigh(offer()) },
    needsOwnBytes: true,
    async run(subject) {
      await fill(subject, () => offer({ to: 'bob' }));
      expect(await put(subject, offer({ to: 'carol' }))).toBe('held');
      expect(await put(subject, offer({ to: 'bob' }), { realm: 'blue' })).toBe('held');
      await fill(subject, (index) => offer({ to: `peer ${index}` }));
      expect(await put(subject, offer({ to: 'carol' }), { realm: 'blue' })).toBe('held');
    },
  },
  {
    name: 'M13: a rejected message uses no memory',
    async run(subject) {
      await put(subject, offer({ payload: '"first"' }));
      const before = await subject.usage();
      expect(await put(subject, TOO_LARGE)).toBe('full');
      expect(await put(subject, { ...TOO_LARGE, to: 'carol' as PeerId })).toBe('full');
      expect(await subject.usage()).toEqual(before);
      expect(await takePayloads(subject, 'bob')).toEqual(['"first"']);
    },
  },
];

/** The mailbox of `bob` holds exactly `room` messages, also after a take and after an expiry. Leaves the store empty. */
async function fillsExactly(subject: MailboxSubject, room: number): Promise<void> {
  expect(await fill(subject, () => offer())).toBe(room);
  await take(subject, 'bob');
  expect(await fill(subject, () => offer())).toBe(room);
  await expire(subject, MUCH_LATER);
  expect(await fill(subject, () => offer(), MUCH_LATER)).toBe(room);
  expect(await take(subject, 'bob')).toHaveLength(room);
}

/** Puts messages until one is rejected. @returns the number of held messages. */
async function fill(subject: MailboxSubject, next: (index: number) => SignalMessage, now: Millis = 0): Promise<number> {
  for (let index = 0; index < 50; index++) if ((await put(subject, next(index), { now })) === 'full') return index;
  return expect.fail('the store has no limit');
}

/** Puts messages until one is rejected. @returns the limit that the store names. */
async function firstRejection({ store }: MailboxSubject, next: (index: number) => SignalMessage): Promise<string | undefined> {
  for (let index = 0; index < 50; index++) {
    const message = next(index);
    const owner = mailboxOwner(realmKey(GREEN), message.from);
    const named = await new Promise<string | undefined>((answer) =>
      store.put(realmKey(GREEN), owner, message, 0, (outcome, exceeds) => answer(outcome === 'full' ? exceeds : 'held')),
    );
    if (named !== 'held') return named;
  }
  return undefined;
}
