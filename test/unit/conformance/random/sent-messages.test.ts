import { describe, expect, it } from 'vitest';
import { ModelHarness } from './model-harness.ts';

describe('M1, O11: a sent message is delivered', () => {
  it('to a present peer', () => {
    const harness = new ModelHarness();
    const [ann, bob] = [harness.open('ann'), harness.open('bob')];
    const n = harness.send(ann, 'bob');
    expect(harness.overdue).toBe('M1: OFFER 0 of connection 0 to "bob" was not delivered, although "bob" was present');
    harness.receiveMessage(bob, 'ann', n);
    expect(harness.overdue).toBeUndefined();
  });

  it('to a peer that connects later', () => {
    const harness = new ModelHarness();
    const n = harness.send(harness.open('ann'), 'bob');
    expect([harness.overdue, harness.model.isAwaitingExpiry]).toEqual([undefined, true]);
    const bob = harness.open('bob');
    expect(harness.overdue).toBe('O11: OFFER 0 of connection 0 to "bob" was not delivered, although "bob" has connected');
    harness.receiveMessage(bob, 'ann', n);
    expect(() => harness.receiveMessage(bob, 'ann', n)).toThrow('O11: OFFER 0 of connection 0 to "bob" was delivered twice');
    expect([harness.overdue, harness.model.isAwaitingExpiry]).toEqual([undefined, false]);
  });

  it('M6: but LEAVE is not held', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    const n = harness.send(ann, 'bob', 'LEAVE');
    const bob = harness.open('bob');
    expect(harness.overdue).toBeUndefined();
    expect(() => harness.receiveMessage(bob, 'ann', n, { type: 'LEAVE' })).toThrow(
      'M6: LEAVE 0 of connection 0 to "bob" was delivered',
    );
    harness.receiveMessage(bob, 'ann', harness.send(ann, 'bob', 'LEAVE'), { type: 'LEAVE' });
  });
});

describe('M14: a held message expires', () => {
  it('after the expire timeout, once, and is not delivered afterwards', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    harness.advance(4_999);
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow(
      'M14: connection 0 received an EXPIRE from "bob" before the expire timeout',
    );
    harness.advance(1);
    harness.receiveExpire(ann, 'bob');
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow(
      'M14: connection 0 received an EXPIRE from "bob" without a held message',
    );
    expect(() => harness.receiveMessage(harness.open('bob'), 'ann', 0)).toThrow(
      'M14: OFFER 0 of connection 0 to "bob" was delivered after its sender',
    );
  });

  it('within one sweep', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    harness.advance(6_000);
    expect(harness.overdue).toBeUndefined();
    harness.advance(1);
    expect(harness.overdue).toBe('M14: OFFER 0 of connection 0 to "bob" was lost without an EXPIRE');
    expect(() => harness.receiveMessage(harness.open('bob'), 'ann', 0)).toThrow(
      'M14: OFFER 0 of connection 0 to "bob" was delivered too late',
    );
  });

  it('with all older ones, but no younger one', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    const [, , young] = [harness.send(ann, 'bob'), harness.send(ann, 'bob'), (harness.advance(2_000), harness.send(ann, 'bob'))];
    harness.advance(3_000);
    harness.receiveExpire(ann, 'bob');
    expect(harness.overdue).toBeUndefined();
    harness.receiveMessage(harness.open('bob'), 'ann', young);
  });

  it('with its mailbox, if messages do not expire individually', () => {
    const harness = new ModelHarness({ habits: { messagesExpireIndividually: false } });
    const [ann, eve] = [harness.open('ann'), harness.open('eve')];
    harness.send(ann, 'bob');
    harness.advance(4_000);
    harness.send(eve, 'bob');
    harness.advance(1_000);
    harness.receiveExpire(ann, 'bob');
    harness.receiveExpire(eve, 'bob');
    harness.advance(6_000);
    expect(harness.overdue).toBeUndefined();
  });

  it('M15: silently, if its sender has disconnected', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    harness.model.recordHangUp(ann);
    harness.advance(6_001);
    expect(harness.overdue).toBeUndefined();
    harness.model.checkAll();
    expect(() => harness.receiveMessage(harness.open('bob'), 'ann', 0)).toThrow('M14:');
  });

  it('at any time, if the timeout is unknown', () => {
    const harness = new ModelHarness({ limits: { expireTimeout: undefined } });
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    harness.advance(1);
    expect(harness.model.isNearDeadline(1_000)).toBe(false);
    harness.receiveExpire(ann, 'bob');
    harness.open('bob');
    expect(harness.overdue).toBeUndefined();
  });

  it('within the tolerance of a network', () => {
    const harness = new ModelHarness({ tolerance: { early: 20, late: 3_000 } });
    const ann = harness.open('ann');
    for (let n = 0; n < 3; n++) harness.model.recordMessage(ann, 'bob', 'OFFER');
    harness.advance(4_985);
    harness.receiveExpire(ann, 'bob');
    // The first message may belong to an earlier sweep than the others.
    harness.advance(1_000);
    harness.receiveExpire(ann, 'bob');
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow(
      'M14: connection 0 received an EXPIRE from "bob" without a held message',
    );
  });

  it('and isNearDeadline is true shortly before', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    harness.advance(4_500);
    expect([harness.model.isNearDeadline(400), harness.model.isNearDeadline(500)]).toEqual([false, true]);
    harness.advance(500);
    harness.receiveExpire(ann, 'bob');
    expect(harness.model.isNearDeadline(500)).toBe(false);
  });
});

describe('M13: a mailbox has limits', () => {
  it('and a message above the limit expires immediately', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    for (let n = 0; n < 3; n++) harness.send(ann, 'bob');
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow(
      'M13: connection 0 received an EXPIRE from "bob" at once, although the mailbox had capacity',
    );
    harness.send(ann, 'bob');
    expect(harness.overdue).toBe('M13: 4 messages are held for one peer');
    harness.receiveExpire(ann, 'bob');
    expect(harness.overdue).toBeUndefined();
  });

  it('also for parallel messages: the last ones expire', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    for (let n = 0; n < 5; n++) harness.model.recordMessage(ann, 'bob', 'OFFER');
    for (let n = 0; n < 2; n++) harness.receiveExpire(ann, 'bob');
    expect(harness.overdue).toBeUndefined();
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow('M13:');
  });

  it('also per sender', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    for (const id of ['bob', 'eve', 'fay']) harness.send(ann, id);
    expect(harness.overdue).toBe('M13: 3 mailboxes hold messages of one sender');
    harness.receiveExpire(ann, 'fay');
    expect(harness.overdue).toBeUndefined();
  });

  it('O7: and an invalid id has no mailbox', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.send(ann, 'no\u0007body');
    harness.receiveExpire(ann, 'no\u0007body');
    expect(harness.overdue).toBeUndefined();
  });

  it('that may be unknown', () => {
    const harness = new ModelHarness({ limits: { mailboxMessages: undefined, mailboxesPerSender: undefined } });
    const ann = harness.open('ann');
    harness.send(ann, 'bob');
    expect(() => harness.receiveExpire(ann, 'bob')).toThrow('M13:');
    harness.send(ann, 'bob');
    harness.receiveExpire(ann, 'bob');
    for (let n = 0; n < 99; n++) harness.send(ann, 'eve');
    expect(harness.overdue).toBeUndefined();
  });
});

describe('a message in flight during the close of its sender or recipient', () => {
  it('may have been read or not', () => {
    const harness = new ModelHarness({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const [ann, bob] = [harness.open('ann'), harness.open('bob')];
    harness.model.isTimePassing = true;
    for (let n = 0; n < 4; n++) harness.model.recordMessage(ann, 'bob', 'OFFER');
    harness.receiveMessage(bob, 'ann', 0);
    harness.model.recordClose(ann, 1008);
    harness.receiveMessage(bob, 'ann', 1);
    harness.model.settle();
    expect(harness.overdue).toBeUndefined();
  });

  it('may have been held for the next connection', () => {
    const harness = new ModelHarness();
    const [ann, bob] = [harness.open('ann'), harness.open('bob')];
    harness.advance(11_000);
    harness.model.recordFrame(ann);
    harness.advance(1_500);
    harness.model.recordMessage(ann, 'bob', 'OFFER');
    harness.model.recordClose(bob, 4002);
    harness.receiveMessage(harness.open('bob'), 'ann', 0);
    expect(harness.overdue).toBeUndefined();
  });
});
