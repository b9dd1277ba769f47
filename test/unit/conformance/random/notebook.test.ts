import { describe, expect, it } from 'vitest';
import { Notes } from './notes.ts';

describe('who is in', () => {
  it('O3: who asks for a free id, once it has heard OPEN', () => {
    const notes = new Notes();
    const ann = notes.asks('ann');
    expect(ann.verdict).toBe('in');
    expect(notes.owed).toBe('O3: line 0 is in, and heard no OPEN');
    notes.hears(ann, { type: 'OPEN' });
    expect(notes.owed).toBeUndefined();
    expect(() => notes.hears(ann, { type: 'OPEN' })).toThrow('O3: line 0 heard OPEN twice');
  });

  it('O4: nobody with another token', () => {
    const notes = new Notes();
    notes.enters('ann');
    const thief = notes.asks('ann', { token: 'two' });
    expect(notes.owed).toBe('O4: line 1 is not closed (1008)');
    expect(() => notes.hears(thief, { type: 'OPEN' })).toThrow('O4: line 1 is taken, and heard OPEN');
    expect(() => notes.hears(thief, { type: 'ERROR' })).toThrow('O4: line 1 is taken, and heard ERROR');
    expect(() => notes.book.isClosed(thief, 1008)).toThrow('O4: line 1 was closed with 1008 and not told why');
    notes.hears(thief, { type: 'ID-TAKEN' });
    expect(() => notes.book.isClosed(thief, 1000)).toThrow('O4: line 1 was closed with 1000 instead of 1008');
    notes.book.isClosed(thief, 1008);
    expect(notes.owed).toBeUndefined();
  });

  it('O5: the last one with the same token', () => {
    const notes = new Notes();
    const before = notes.enters('ann');
    const after = notes.asks('ann');
    expect(() => notes.hears(after, { type: 'ID-TAKEN' })).toThrow('O5: line 1 heard ID-TAKEN, and it has the token');
    notes.hears(after, { type: 'OPEN' });
    expect(notes.owed).toBe('O5: line 0 is not closed (4001)');
    notes.book.isClosed(before, 4001);
    expect(notes.book.ownerOf(after)).toBe(after);
    expect(() => notes.hearsFrom(before, 'ann', notes.sends(after, 'ann'))).toThrow('O5:');
  });

  it('O5: a lenient server need not welcome a reconnect, nor close the old socket', () => {
    const notes = new Notes({ habits: { reconnectIsWelcome: false } });
    notes.enters('ann');
    const after = notes.asks('ann');
    expect(notes.owed).toBeUndefined();
    notes.hearsFrom(after, 'ann', notes.sends(after, 'ann'));
  });

  it('O6: not more than there is room for, in each realm', () => {
    const notes = new Notes();
    for (const id of ['ann', 'bob', 'eve']) notes.enters(id);
    expect(notes.asks('fay').verdict).toBe('full');
    expect(notes.asks('ann').verdict).toBe('in');
    expect(notes.asks('fay', { realm: 'there' }).verdict).toBe('in');
    expect(() => notes.hears(notes.asks('gus'), { type: 'OPEN' })).toThrow('O6: line 6 is full, and heard OPEN');
  });

  it('O7: nobody with an id that is nobody’s', () => {
    expect(new Notes().asks('a\u0007').verdict).toBe('unfit');
    expect(new Notes({ habits: { idsAreChecked: false } }).asks('a\u0007').verdict).toBe('in');
  });

  it('L2, L4, M7: whose socket is over, or who said LEAVE, is in no more', () => {
    const notes = new Notes();
    notes.book.hangsUp(notes.enters('ann'));
    const again = notes.asks('ann', { token: 'two' });
    expect(again.verdict).toBe('in');
    expect(() => notes.hears(again, { type: 'ID-TAKEN' })).toThrow('L2: line 1 heard ID-TAKEN, and its id is free');
    notes.hears(again, { type: 'OPEN' });
    notes.book.leaves(again);
    expect(notes.owed).toBe('M7: line 1 is not closed (1000)');
    expect(notes.book.freedBy(again)).toBe('M7');
  });

  it('M7: a lenient server may leave the socket open', () => {
    const notes = new Notes({ habits: { leavingCloses: false } });
    notes.book.leaves(notes.enters('ann'));
    expect(notes.owed).toBeUndefined();
  });
});

describe('who is closed', () => {
  it('L1, L5: who is silent, in its time, and with its code', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.passes(11_999);
    expect(() => notes.book.isClosed(ann, 4002)).toThrow('L1: line 0 was closed with 4002 for no reason');
    notes.passes(1);
    expect(() => notes.book.isClosed(ann, 1000)).toThrow('L1: line 0 was closed with 1000 for no reason');
    expect(notes.owed).toBeUndefined();
    notes.passes(13_000);
    expect(notes.owed).toBeUndefined();
    notes.passes(1);
    expect(notes.owed).toBe('L1: line 0 is silent for 25001 ms, and still in');
  });

  it('L1: a lenient server may close as it likes, and may count HEARTBEAT only', () => {
    const notes = new Notes({ habits: { closesWithCodes: false, everyWordCounts: false } });
    const ann = notes.enters('ann');
    notes.passes(11_000);
    notes.book.speaks(ann);
    notes.passes(1_000);
    notes.book.isClosed(ann, 1005);
    expect(ann.isOver).toBe(true);
  });

  it('M8: who has said anything is not silent', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.passes(11_000);
    notes.book.speaks(ann);
    notes.passes(1_000);
    expect(() => notes.book.isClosed(ann, 4002)).toThrow('L1');
  });

  it('M10: who stumbles too much, and nobody for one stumble', () => {
    const notes = new Notes({ limits: { malformedPerWindow: 1 } });
    const ann = notes.enters('ann');
    notes.book.stumbles(ann);
    expect(() => notes.book.isClosed(ann, 1007)).toThrow('M10: line 0 was closed with 1007 for no reason');
    notes.book.stumbles(ann);
    notes.book.stumbles(ann);
    expect(notes.owed).toBe('M10: line 0 stumbles on and on');
    notes.book.isClosed(ann, 1007);
    expect(notes.owed).toBeUndefined();
  });

  it('M10: to be closed for silence later is no excuse', () => {
    const notes = new Notes({ limits: { malformedPerWindow: 0 } });
    const ann = notes.enters('ann');
    notes.book.stumbles(ann);
    notes.passes(12_000);
    expect(() => notes.book.isClosed(ann, 4002)).toThrow('M10: line 0 stumbles on and on');
  });

  it('M19: who floods; the close answers the last message', () => {
    const notes = new Notes({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const ann = notes.enters('ann');
    for (let n = 0; n < 3; n++) notes.sends(ann, 'bob');
    expect(notes.owed).toBe('M19: line 0 floods on and on');
    notes.book.isClosed(ann, 1008);
    expect(() => notes.hearsFrom(notes.enters('bob'), 'ann', 2)).toThrow('M14:');
  });

  it('who has closed its socket itself may hear whatever code', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    notes.book.hangsUp(ann);
    expect(() => notes.book.isClosed(ann, 1006)).not.toThrow();
  });
});

describe('what is heard', () => {
  it('M1: what was sent, from whom, to whom, as what', () => {
    const notes = new Notes();
    const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => notes.enters(id));
    if (ann === undefined || bob === undefined || eve === undefined) throw new Error('three are in');
    const n = notes.sends(ann, 'bob');
    expect(() => notes.hearsFrom(bob, 'ann', 7)).toThrow('M1: line 1 heard what nobody sent');
    expect(() => notes.hearsFrom(eve, 'ann', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came to line 2, with dst eve');
    expect(() => notes.hearsFrom(bob, 'eve', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came with src eve');
    expect(() => notes.hearsFrom(bob, 'ann', n, { type: 'ANSWER' })).toThrow('M1: OFFER 0 of line 0 to "bob" came as ANSWER');
    expect(() => notes.hearsFrom(bob, 'ann', n, { isExact: false })).toThrow('M1: OFFER 0 of line 0 to "bob" came with other');
    notes.hearsFrom(bob, 'ann', n);
    expect(() => notes.hearsFrom(bob, 'ann', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came twice');
  });

  it('O2: nothing of another realm', () => {
    const notes = new Notes();
    const n = notes.sends(notes.enters('ann'), 'bob');
    expect(() => notes.hearsFrom(notes.enters('bob', { realm: 'there' }), 'ann', n)).toThrow('O2:');
  });

  it('O11: nothing before OPEN', () => {
    const notes = new Notes();
    const n = notes.sends(notes.enters('ann'), 'bob');
    expect(() => notes.hearsFrom(notes.asks('bob'), 'ann', n)).toThrow('O11: OFFER 0 of line 0 to "bob" came before OPEN');
  });

  it('M17: nothing out of order', () => {
    const notes = new Notes();
    const [ann, bob] = [notes.enters('ann'), notes.enters('bob')];
    const [first, second] = [notes.sends(ann, 'bob'), notes.sends(ann, 'bob')];
    notes.hearsFrom(bob, 'ann', second);
    expect(() => notes.hearsFrom(bob, 'ann', first)).toThrow('M17: OFFER 0 of line 0 to "bob" came after a later one');
  });

  it('M9, M16: nothing else', () => {
    const notes = new Notes();
    const ann = notes.enters('ann');
    expect(() => notes.hears(ann, { type: 'HEARTBEAT' })).toThrow('M9: line 0 heard a HEARTBEAT');
    expect(() => notes.hears(ann, { type: 'LEAVE', src: 'bob', dst: 'ann' })).toThrow('M16: line 0 heard that bob has left');
    expect(() => notes.hears(ann, { type: 'EXPIRE', src: 'bob', dst: 'eve' })).toThrow('M14: line 0 heard an EXPIRE for eve');
    expect(() => notes.hears(ann, { type: 'EXPIRE', src: 'bob', dst: 'ann', isExact: false })).toThrow('M14:');
  });
});

describe('twilight', () => {
  it('L1: is when somebody may be closed at any moment', () => {
    const notes = new Notes();
    notes.enters('ann');
    notes.passes(11_000);
    expect([notes.book.isTwilight(999), notes.book.isTwilight(1_000)]).toEqual([false, true]);
  });

  it('what must hold after a step is thrown', () => {
    const notes = new Notes();
    expect(() => notes.book.checkAll()).not.toThrow();
    notes.asks('ann');
    expect(() => notes.book.checkAll()).toThrow('O3:');
  });
});
