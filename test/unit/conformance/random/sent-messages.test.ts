import { describe, expect, it } from 'vitest';
import { ModelHarness } from './model-harness.ts';

describe('M1, O11: what is sent comes', () => {
  it('to who is in', () => {
    const notes = new ModelHarness();
    const [ann, bob] = [notes.open('ann'), notes.open('bob')];
    const n = notes.send(ann, 'bob');
    expect(notes.overdue).toBe('M1: OFFER 0 of line 0 to "bob" was not delivered, and "bob" was in');
    notes.receiveMessage(bob, 'ann', n);
    expect(notes.overdue).toBeUndefined();
  });

  it('to who comes later', () => {
    const notes = new ModelHarness();
    const n = notes.send(notes.open('ann'), 'bob');
    expect([notes.overdue, notes.model.isAwaitingExpiry]).toEqual([undefined, true]);
    const bob = notes.open('bob');
    expect(notes.overdue).toBe('O11: OFFER 0 of line 0 to "bob" was not delivered, and "bob" is in');
    notes.receiveMessage(bob, 'ann', n);
    expect(() => notes.receiveMessage(bob, 'ann', n)).toThrow('O11: OFFER 0 of line 0 to "bob" came twice');
    expect([notes.overdue, notes.model.isAwaitingExpiry]).toEqual([undefined, false]);
  });

  it('M6: but LEAVE waits for nobody', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    const n = notes.send(ann, 'bob', 'LEAVE');
    const bob = notes.open('bob');
    expect(notes.overdue).toBeUndefined();
    expect(() => notes.receiveMessage(bob, 'ann', n, { type: 'LEAVE' })).toThrow('M6: LEAVE 0 of line 0 to "bob" came');
    notes.receiveMessage(bob, 'ann', notes.send(ann, 'bob', 'LEAVE'), { type: 'LEAVE' });
  });
});

describe('M14: what waits expires', () => {
  it('not before its time, once, and nothing is delivered then', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    notes.advance(4_999);
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" before its time');
    notes.advance(1);
    notes.receiveExpire(ann, 'bob');
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" for nothing');
    expect(() => notes.receiveMessage(notes.open('bob'), 'ann', 0)).toThrow(
      'M14: OFFER 0 of line 0 to "bob" came after its sender',
    );
  });

  it('within one sweep', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    notes.advance(6_000);
    expect(notes.overdue).toBeUndefined();
    notes.advance(1);
    expect(notes.overdue).toBe('M14: OFFER 0 of line 0 to "bob" is lost in silence');
    expect(() => notes.receiveMessage(notes.open('bob'), 'ann', 0)).toThrow('M14: OFFER 0 of line 0 to "bob" came too late');
  });

  it('many at once, but none that is younger', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    const [, , young] = [notes.send(ann, 'bob'), notes.send(ann, 'bob'), (notes.advance(2_000), notes.send(ann, 'bob'))];
    notes.advance(3_000);
    notes.receiveExpire(ann, 'bob');
    expect(notes.overdue).toBeUndefined();
    notes.receiveMessage(notes.open('bob'), 'ann', young);
  });

  it('with its mailbox, where messages do not age alone', () => {
    const notes = new ModelHarness({ habits: { messagesExpireIndividually: false } });
    const [ann, eve] = [notes.open('ann'), notes.open('eve')];
    notes.send(ann, 'bob');
    notes.advance(4_000);
    notes.send(eve, 'bob');
    notes.advance(1_000);
    notes.receiveExpire(ann, 'bob');
    notes.receiveExpire(eve, 'bob');
    notes.advance(6_000);
    expect(notes.overdue).toBeUndefined();
  });

  it('M15: without a word where its sender has gone', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    notes.model.recordHangUp(ann);
    notes.advance(6_001);
    expect(notes.overdue).toBeUndefined();
    notes.model.checkAll();
    expect(() => notes.receiveMessage(notes.open('bob'), 'ann', 0)).toThrow('M14:');
  });

  it('whenever it likes, where nobody knows the time', () => {
    const notes = new ModelHarness({ limits: { expireTimeout: undefined } });
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    notes.advance(1);
    expect(notes.model.isNearDeadline(1_000)).toBe(false);
    notes.receiveExpire(ann, 'bob');
    notes.open('bob');
    expect(notes.overdue).toBeUndefined();
  });

  it('at an unclear moment, where there is a network between', () => {
    const notes = new ModelHarness({ tolerance: { early: 20, late: 3_000 } });
    const ann = notes.open('ann');
    for (let n = 0; n < 3; n++) notes.model.recordMessage(ann, 'bob', 'OFFER');
    notes.advance(4_985);
    notes.receiveExpire(ann, 'bob');
    // A sweep may have come between the first and the others; the next one takes them all.
    notes.advance(1_000);
    notes.receiveExpire(ann, 'bob');
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" for nothing');
  });

  it('and before, it is twilight', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    notes.advance(4_500);
    expect([notes.model.isNearDeadline(400), notes.model.isNearDeadline(500)]).toEqual([false, true]);
    notes.advance(500);
    notes.receiveExpire(ann, 'bob');
    expect(notes.model.isNearDeadline(500)).toBe(false);
  });
});

describe('M13: a mailbox has bounds', () => {
  it('and who hits one hears EXPIRE at once', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    for (let n = 0; n < 3; n++) notes.send(ann, 'bob');
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M13: line 0 heard an EXPIRE from "bob" at once, and there was room');
    notes.send(ann, 'bob');
    expect(notes.overdue).toBe('M13: 4 messages wait for one peer');
    notes.receiveExpire(ann, 'bob');
    expect(notes.overdue).toBeUndefined();
  });

  it('also where many come at once: the last ones are told', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    for (let n = 0; n < 5; n++) notes.model.recordMessage(ann, 'bob', 'OFFER');
    for (let n = 0; n < 2; n++) notes.receiveExpire(ann, 'bob');
    expect(notes.overdue).toBeUndefined();
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M13:');
  });

  it('so has a sender', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    for (const id of ['bob', 'eve', 'fay']) notes.send(ann, id);
    expect(notes.overdue).toBe('M13: 3 mailboxes hold messages of one sender');
    notes.receiveExpire(ann, 'fay');
    expect(notes.overdue).toBeUndefined();
  });

  it('O7: an id that is nobody’s has no mailbox', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.send(ann, 'no\u0007body');
    notes.receiveExpire(ann, 'no\u0007body');
    expect(notes.overdue).toBeUndefined();
  });

  it('which nobody may know', () => {
    const notes = new ModelHarness({ limits: { mailboxMessages: undefined, mailboxesPerSender: undefined } });
    const ann = notes.open('ann');
    notes.send(ann, 'bob');
    expect(() => notes.receiveExpire(ann, 'bob')).toThrow('M13:');
    notes.send(ann, 'bob');
    notes.receiveExpire(ann, 'bob');
    for (let n = 0; n < 99; n++) notes.send(ann, 'eve');
    expect(notes.overdue).toBeUndefined();
  });
});

describe('what was under way when its sender, or its receiver, was closed', () => {
  it('may have been read or not', () => {
    const notes = new ModelHarness({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const [ann, bob] = [notes.open('ann'), notes.open('bob')];
    notes.model.isTimePassing = true;
    for (let n = 0; n < 4; n++) notes.model.recordMessage(ann, 'bob', 'OFFER');
    notes.receiveMessage(bob, 'ann', 0);
    notes.model.recordClose(ann, 1008);
    notes.receiveMessage(bob, 'ann', 1);
    notes.model.settle();
    expect(notes.overdue).toBeUndefined();
  });

  it('may have been held for the next one', () => {
    const notes = new ModelHarness();
    const [ann, bob] = [notes.open('ann'), notes.open('bob')];
    notes.advance(11_000);
    notes.model.recordFrame(ann);
    notes.advance(1_500);
    notes.model.recordMessage(ann, 'bob', 'OFFER');
    notes.model.recordClose(bob, 4002);
    notes.receiveMessage(notes.open('bob'), 'ann', 0);
    expect(notes.overdue).toBeUndefined();
  });
});
