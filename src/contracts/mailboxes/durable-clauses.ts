import { expect } from '../expect.ts';
import type { SignalMessage } from '../../domain/message.ts';
import { NEVER } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import { expire, offer, pair, plain, put, take, takePayloads, TIMEOUT, TOO_LARGE } from './fixture.ts';
import type { DurableClause, DurableControls, MailboxSubject, Restart } from './fixture.ts';
import type { ManualTime } from './manual-time.ts';

/** M24: messages that outlive the process, and a store that can't write. */
export const DURABLE_CLAUSES: readonly DurableClause[] = [
  {
    name: 'M24: messages survive a restart unchanged, in their order, with their owners',
    async run(subject, controls, time) {
      const messages = [offer({ token: 'one', payload: '"1"' }), offer({ from: 'eve', payload: '"2"' }), BYTES];
      for (const message of messages) expect(await put(subject, message, { now: time.moment })).toBe('held');
      await put(subject, offer(), { realm: 'blue', now: time.moment });
      const restarted = await restart(subject, controls, time, 'close');
      const taken = await take(restarted, 'bob');
      expect(taken.map(plain)).toEqual(messages.map(plain));
      expect(taken.map(({ owner }) => owner?.proof)).toEqual([new Token('one').proof, undefined, undefined]);
      expect(await take(restarted, 'bob', 'blue')).toHaveLength(1);
    },
  },
  {
    name: 'M24: a message that was answered with held survives a crash',
    async run(subject, controls, time) {
      for (const payload of ['1', '2', '3']) await put(subject, offer({ payload }), { now: time.moment });
      expect(await takePayloads(await restart(subject, controls, time, 'crash'), 'bob')).toEqual(['1', '2', '3']);
    },
  },
  {
    name: 'M24, O11: messages that were taken or have expired do not come back after a crash',
    async run(subject, controls, time) {
      await put(subject, offer({ to: 'carol' }), { now: time.moment });
      time.advance(TIMEOUT);
      for (const to of ['bob', 'dave']) await put(subject, offer({ to }), { now: time.moment });
      expect(await take(subject, 'bob')).toHaveLength(1);
      expect(await expire(subject, time.moment)).toEqual([pair('ann', 'carol')]);
      const restarted = await restart(subject, controls, time, 'crash');
      expect([await take(restarted, 'bob'), await take(restarted, 'carol')]).toEqual([[], []]);
      expect(await take(restarted, 'dave')).toHaveLength(1);
      expect(await restarted.usage()).toEqual({ mailboxes: 0, bytes: 0 });
    },
  },
  {
    name: 'M24, M14: the time without a process counts for the age of a message',
    async run(subject, controls, time) {
      await put(subject, offer({ payload: '"old"' }), { now: time.moment });
      time.advance(300);
      await put(subject, offer({ payload: '"young"' }), { now: time.moment });
      time.advance(200);
      const restarted = await restart(subject, controls, time, 'close');
      const { moment } = time;
      expect(restarted.store.nextDeadline()).toBe(moment + TIMEOUT - 500);
      expect(await expire(restarted, moment + TIMEOUT - 501)).toEqual([]);
      expect(await expire(restarted, moment + TIMEOUT - 500)).toEqual([pair('ann', 'bob')]);
      expect(await takePayloads(restarted, 'bob')).toEqual(['"young"']);
      expect(restarted.store.nextDeadline()).toBe(NEVER);
    },
  },
  {
    name: 'M24, M14: a clock that was set back does not lengthen the time of a message',
    async run(subject, controls, time) {
      await put(subject, offer(), { now: time.moment });
      time.setBack(60_000);
      const restarted = await restart(subject, controls, time, 'close');
      expect(await expire(restarted, time.moment + TIMEOUT)).toEqual([pair('ann', 'bob')]);
    },
  },
  {
    name: 'M24, M13: restored messages count for the limits',
    limits: { mailboxMessages: 3 },
    async run(subject, controls, time) {
      for (const payload of ['1', '2']) await put(subject, offer({ payload }), { now: time.moment });
      const before = await subject.usage();
      const restarted = await restart(subject, controls, time, 'crash');
      expect(await restarted.usage()).toEqual(before);
      expect(await put(restarted, offer({ payload: '3' }), { now: time.moment })).toBe('held');
      expect(await put(restarted, offer({ payload: '4' }), { now: time.moment })).toBe('full');
      expect(await takePayloads(restarted, 'bob')).toEqual(['1', '2', '3']);
    },
  },
  {
    name: 'M24: a store that can not write answers failed, reports why, keeps nothing of the message, and recovers',
    async run(subject, controls, time) {
      const { store } = subject;
      await put(subject, offer({ payload: '"before"' }), { now: time.moment });
      const before = await subject.usage();
      expect(store.health?.()).toBe(undefined);
      const allowWrites = await controls.blockWrites();
      expect(await put(subject, offer({ payload: '"lost"' }), { now: time.moment })).toBe('failed');
      expect(await put(subject, TOO_LARGE, { now: time.moment })).toMatch(/^(failed|full)$/);
      expect(store.health?.()).toMatch(/\w/);
      expect(await subject.usage()).toEqual(before);
      await allowWrites();
      expect(await put(subject, offer({ payload: '"after"' }), { now: time.moment })).toBe('held');
      expect(store.health?.()).toBe(undefined);
      const restarted = await restart(subject, controls, time, 'crash');
      expect(await takePayloads(restarted, 'bob')).toEqual(['"before"', '"after"']);
    },
  },
  {
    name: 'M24, O11: a store that can not write still delivers, and does not deliver twice once it can',
    async run(subject, controls, time) {
      await put(subject, offer(), { now: time.moment });
      const allowWrites = await controls.blockWrites();
      expect(await take(subject, 'bob')).toHaveLength(1);
      await allowWrites();
      await put(subject, offer({ to: 'carol' }), { now: time.moment });
      const restarted = await restart(subject, controls, time, 'crash');
      expect([await take(restarted, 'bob'), (await take(restarted, 'carol')).length]).toEqual([[], 1]);
    },
  },
];

const BYTES: SignalMessage = { ...offer(), kind: 'candidate', payload: Uint8Array.from({ length: 256 }, (_, byte) => byte) };

/** The next process, whose moments begin anew. */
async function restart(
  subject: MailboxSubject,
  controls: DurableControls,
  time: ManualTime,
  how: Restart,
): Promise<MailboxSubject> {
  time.beginAnew();
  return { ...subject, ...(await controls.restart(how)) };
}
