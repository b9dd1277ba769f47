import { describe, expect, it } from 'vitest';
import { Notes } from './notes.ts';

describe('M1, O11: what is sent comes', () => {
  it('to who is in', () => {
    const notes = new Notes();
    const [ann, bob] = [notes.enters('ann'), notes.enters('bob')];
    const n = notes.sends(ann, 'bob');
    expect(notes.owed).toBe('M1: OFFER 0 of line 0 to "bob" was not delivered, and "bob" was in');
    notes.hearsFrom(bob, 'ann', n);
    expect(notes.owed).toBeUndefined();
  });

  it('to who comes later', () => {
    const notes = new Notes();
    const n = notes.sends(notes.enters('ann'), 'bob');
    expect([notes.owed, notes.book.isWaitedFor]).toEqual([undefined, true]);
    const bob = notes.enters('bob');
    expect(notes.owed).toBe('O11: OFFER 0 of line 0 to "bob" was not delivered, and "bob" is in');
    notes.hearsFrom(bob, 'ann', n);
    expect(() => notes.hearsFrom(bob, 'ann', n)).toThrow('O11: OFFER 0 of line 0 to "bob" came twice');
    expect([notes.owed, notes.book.isWaitedFor]).toEqual([undefined, false]);
  });

  it('M6: but LEAVE waits for nobody', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    const n = notes.sends(ann, 'bob', 'LEAVE');
    const bob = notes.enters('bob');
    expect(notes.owed).toBeUndefined();
    expect(() => notes.hearsFrom(bob, 'ann', n, { type: 'LEAVE' })).toThrow('M6: LEAVE 0 of line 0 to "bob" came');
    notes.hearsFrom(bob, 'ann', notes.sends(ann, 'bob', 'LEAVE'), { type: 'LEAVE' });
  });
});

describe('M14: what waits expires', () => {
  it('not before its time, once, and nothing is delivered then', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    notes.passes(4_999);
    expect(() => notes.expires(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" before its time');
    notes.passes(1);
    notes.expires(ann, 'bob');
    expect(() => notes.expires(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" for nothing');
    expect(() => notes.hearsFrom(notes.enters('bob'), 'ann', 0)).toThrow('M14: OFFER 0 of line 0 to "bob" came after its sender');
  });

  it('within one sweep', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    notes.passes(6_000);
    expect(notes.owed).toBeUndefined();
    notes.passes(1);
    expect(notes.owed).toBe('M14: OFFER 0 of line 0 to "bob" is lost in silence');
    expect(() => notes.hearsFrom(notes.enters('bob'), 'ann', 0)).toThrow('M14: OFFER 0 of line 0 to "bob" came too late');
  });

  it('many at once, but none that is younger', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    const [, , young] = [notes.sends(ann, 'bob'), notes.sends(ann, 'bob'), (notes.passes(2_000), notes.sends(ann, 'bob'))];
    notes.passes(3_000);
    notes.expires(ann, 'bob');
    expect(notes.owed).toBeUndefined();
    notes.hearsFrom(notes.enters('bob'), 'ann', young);
  });

  it('with its mailbox, where messages do not age alone', () => {
    const notes = new Notes({ habits: { messagesAgeAlone: false } });
    const [ann, eve] = [notes.enters('ann'), notes.enters('eve')];
    notes.sends(ann, 'bob');
    notes.passes(4_000);
    notes.sends(eve, 'bob');
    notes.passes(1_000);
    notes.expires(ann, 'bob');
    notes.expires(eve, 'bob');
    notes.passes(6_000);
    expect(notes.owed).toBeUndefined();
  });

  it('M15: without a word where its sender has gone', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    notes.book.hangsUp(ann);
    notes.passes(6_001);
    expect(notes.owed).toBeUndefined();
    notes.book.checkAll();
    expect(() => notes.hearsFrom(notes.enters('bob'), 'ann', 0)).toThrow('M14:');
  });

  it('whenever it likes, where nobody knows the time', () => {
    const notes = new Notes({ limits: { expireTimeout: undefined } });
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    notes.passes(1);
    expect(notes.book.isTwilight(1_000)).toBe(false);
    notes.expires(ann, 'bob');
    notes.enters('bob');
    expect(notes.owed).toBeUndefined();
  });

  it('at an unclear moment, where there is a network between', () => {
    const notes = new Notes({ tolerance: { early: 20, late: 3_000 } });
    const ann = notes.enters('ann');
    for (let n = 0; n < 3; n++) notes.book.sends(ann, 'bob', 'OFFER');
    notes.passes(4_985);
    notes.expires(ann, 'bob');
    // A sweep may have come between the first and the others; the next one takes them all.
    notes.passes(1_000);
    notes.expires(ann, 'bob');
    expect(() => notes.expires(ann, 'bob')).toThrow('M14: line 0 heard an EXPIRE from "bob" for nothing');
  });

  it('and before, it is twilight', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    notes.passes(4_500);
    expect([notes.book.isTwilight(400), notes.book.isTwilight(500)]).toEqual([false, true]);
    notes.passes(500);
    notes.expires(ann, 'bob');
    expect(notes.book.isTwilight(500)).toBe(false);
  });
});

describe('M13: a mailbox has bounds', () => {
  it('and who hits one hears EXPIRE at once', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    for (let n = 0; n < 3; n++) notes.sends(ann, 'bob');
    expect(() => notes.expires(ann, 'bob')).toThrow('M13: line 0 heard an EXPIRE from "bob" at once, and there was room');
    notes.sends(ann, 'bob');
    expect(notes.owed).toBe('M13: 4 messages wait for one peer');
    notes.expires(ann, 'bob');
    expect(notes.owed).toBeUndefined();
  });

  it('also where many come at once: the last ones are told', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    for (let n = 0; n < 5; n++) notes.book.sends(ann, 'bob', 'OFFER');
    for (let n = 0; n < 2; n++) notes.expires(ann, 'bob');
    expect(notes.owed).toBeUndefined();
    expect(() => notes.expires(ann, 'bob')).toThrow('M13:');
  });

  it('so has a sender', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    for (const id of ['bob', 'eve', 'fay']) notes.sends(ann, id);
    expect(notes.owed).toBe('M13: 3 mailboxes hold messages of one sender');
    notes.expires(ann, 'fay');
    expect(notes.owed).toBeUndefined();
  });

  it('O7: an id that is nobody’s has no mailbox', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.sends(ann, 'no\u0007body');
    notes.expires(ann, 'no\u0007body');
    expect(notes.owed).toBeUndefined();
  });

  it('which nobody may know', () => {
    const notes = new Notes({ limits: { mailboxMessages: undefined, mailboxesPerSender: undefined } });
    const ann = notes.enters('ann');
    notes.sends(ann, 'bob');
    expect(() => notes.expires(ann, 'bob')).toThrow('M13:');
    notes.sends(ann, 'bob');
    notes.expires(ann, 'bob');
    for (let n = 0; n < 99; n++) notes.sends(ann, 'eve');
    expect(notes.owed).toBeUndefined();
  });
});

describe('what was under way when its sender, or its receiver, was closed', () => {
  it('may have been read or not', () => {
    const notes = new Notes({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const [ann, bob] = [notes.enters('ann'), notes.enters('bob')];
    notes.book.isWaiting = true;
    for (let n = 0; n < 4; n++) notes.book.sends(ann, 'bob', 'OFFER');
    notes.hearsFrom(bob, 'ann', 0);
    notes.book.isClosed(ann, 1008);
    notes.hearsFrom(bob, 'ann', 1);
    notes.book.isSettled();
    expect(notes.owed).toBeUndefined();
  });

  it('may have been held for the next one', () => {
    const notes = new Notes();
    const [ann, bob] = [notes.enters('ann'), notes.enters('bob')];
    notes.passes(11_000);
    notes.book.speaks(ann);
    notes.passes(1_500);
    notes.book.sends(ann, 'bob', 'OFFER');
    notes.book.isClosed(bob, 4002);
    notes.hearsFrom(notes.enters('bob'), 'ann', 0);
    expect(notes.owed).toBeUndefined();
  });
});
