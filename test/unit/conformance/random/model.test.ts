import { describe, expect, it } from 'vitest';
import { ModelHarness } from './model-harness.ts';

describe('who is in', () => {
  it('O3: who asks for a free id, once it has heard OPEN', () => {
    const notes = new ModelHarness();
    const ann = notes.connect('ann');
    expect(ann.outcome).toBe('in');
    expect(notes.overdue).toBe('O3: line 0 is in, and heard no OPEN');
    notes.receive(ann, { type: 'OPEN' });
    expect(notes.overdue).toBeUndefined();
    expect(() => notes.receive(ann, { type: 'OPEN' })).toThrow('O3: line 0 heard OPEN twice');
  });

  it('O4: nobody with another token', () => {
    const notes = new ModelHarness();
    notes.open('ann');
    const thief = notes.connect('ann', { token: 'two' });
    expect(notes.overdue).toBe('O4: line 1 is not closed (1008)');
    expect(() => notes.receive(thief, { type: 'OPEN' })).toThrow('O4: line 1 is taken, and heard OPEN');
    expect(() => notes.receive(thief, { type: 'ERROR' })).toThrow('O4: line 1 is taken, and heard ERROR');
    expect(() => notes.model.recordClose(thief, 1008)).toThrow('O4: line 1 was closed with 1008 and not told why');
    notes.receive(thief, { type: 'ID-TAKEN' });
    expect(() => notes.model.recordClose(thief, 1000)).toThrow('O4: line 1 was closed with 1000 instead of 1008');
    notes.model.recordClose(thief, 1008);
    expect(notes.overdue).toBeUndefined();
  });

  it('O5: the last one with the same token', () => {
    const notes = new ModelHarness();
    const before = notes.open('ann');
    const after = notes.connect('ann');
    expect(() => notes.receive(after, { type: 'ID-TAKEN' })).toThrow('O5: line 1 heard ID-TAKEN, and it has the token');
    notes.receive(after, { type: 'OPEN' });
    expect(notes.overdue).toBe('O5: line 0 is not closed (4001)');
    notes.model.recordClose(before, 4001);
    expect(notes.model.ownerOf(after)).toBe(after);
    expect(() => notes.receiveMessage(before, 'ann', notes.send(after, 'ann'))).toThrow('O5:');
  });

  it('O5: a lenient server need not welcome a reconnect, nor close the old socket', () => {
    const notes = new ModelHarness({ habits: { reconnectGetsOpen: false } });
    notes.open('ann');
    const after = notes.connect('ann');
    expect(notes.overdue).toBeUndefined();
    notes.receiveMessage(after, 'ann', notes.send(after, 'ann'));
  });

  it('O6: not more than there is room for, in each realm', () => {
    const notes = new ModelHarness();
    for (const id of ['ann', 'bob', 'eve']) notes.open(id);
    expect(notes.connect('fay').outcome).toBe('full');
    expect(notes.connect('ann').outcome).toBe('in');
    expect(notes.connect('fay', { realm: 'there' }).outcome).toBe('in');
    expect(() => notes.receive(notes.connect('gus'), { type: 'OPEN' })).toThrow('O6: line 6 is full, and heard OPEN');
  });

  it('O7: nobody with an id that is nobody’s', () => {
    expect(new ModelHarness().connect('a\u0007').outcome).toBe('unfit');
    expect(new ModelHarness({ habits: { validatesIds: false } }).connect('a\u0007').outcome).toBe('in');
  });

  it('L2, L4, M7: whose socket is over, or who said LEAVE, is in no more', () => {
    const notes = new ModelHarness();
    notes.model.recordHangUp(notes.open('ann'));
    const again = notes.connect('ann', { token: 'two' });
    expect(again.outcome).toBe('in');
    expect(() => notes.receive(again, { type: 'ID-TAKEN' })).toThrow('L2: line 1 heard ID-TAKEN, and its id is free');
    notes.receive(again, { type: 'OPEN' });
    notes.model.recordLeave(again);
    expect(notes.overdue).toBe('M7: line 1 is not closed (1000)');
    expect(notes.model.freedBy(again)).toBe('M7');
  });

  it('M7: a lenient server may leave the socket open', () => {
    const notes = new ModelHarness({ habits: { leaveCloses: false } });
    notes.model.recordLeave(notes.open('ann'));
    expect(notes.overdue).toBeUndefined();
  });
});

describe('who is closed', () => {
  it('L1, L5: who is silent, in its time, and with its code', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.advance(11_999);
    expect(() => notes.model.recordClose(ann, 4002)).toThrow('L1: line 0 was closed with 4002 for no reason');
    notes.advance(1);
    expect(() => notes.model.recordClose(ann, 1000)).toThrow('L1: line 0 was closed with 1000 for no reason');
    expect(notes.overdue).toBeUndefined();
    notes.advance(13_000);
    expect(notes.overdue).toBeUndefined();
    notes.advance(1);
    expect(notes.overdue).toBe('L1: line 0 is silent for 25001 ms, and still in');
  });

  it('L1: a lenient server may close as it likes, and may count HEARTBEAT only', () => {
    const notes = new ModelHarness({ habits: { usesCloseCodes: false, anyMessageKeepsAlive: false } });
    const ann = notes.open('ann');
    notes.advance(11_000);
    notes.model.recordFrame(ann);
    notes.advance(1_000);
    notes.model.recordClose(ann, 1005);
    expect(ann.isClosed).toBe(true);
  });

  it('M8: who has said anything is not silent', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.advance(11_000);
    notes.model.recordFrame(ann);
    notes.advance(1_000);
    expect(() => notes.model.recordClose(ann, 4002)).toThrow('L1');
  });

  it('M10: who stumbles too much, and nobody for one stumble', () => {
    const notes = new ModelHarness({ limits: { malformedPerWindow: 1 } });
    const ann = notes.open('ann');
    notes.model.recordMalformed(ann);
    expect(() => notes.model.recordClose(ann, 1007)).toThrow('M10: line 0 was closed with 1007 for no reason');
    notes.model.recordMalformed(ann);
    notes.model.recordMalformed(ann);
    expect(notes.overdue).toBe('M10: line 0 stumbles on and on');
    notes.model.recordClose(ann, 1007);
    expect(notes.overdue).toBeUndefined();
  });

  it('M10: to be closed for silence later is no excuse', () => {
    const notes = new ModelHarness({ limits: { malformedPerWindow: 0 } });
    const ann = notes.open('ann');
    notes.model.recordMalformed(ann);
    notes.advance(12_000);
    expect(() => notes.model.recordClose(ann, 4002)).toThrow('M10: line 0 stumbles on and on');
  });

  it('M19: who floods; the close answers the last message', () => {
    const notes = new ModelHarness({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const ann = notes.open('ann');
    for (let n = 0; n < 3; n++) notes.send(ann, 'bob');
    expect(notes.overdue).toBe('M19: line 0 floods on and on');
    notes.model.recordClose(ann, 1008);
    expect(() => notes.receiveMessage(notes.open('bob'), 'ann', 2)).toThrow('M14:');
  });

  it('who has closed its socket itself may hear whatever code', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    notes.model.recordHangUp(ann);
    expect(() => notes.model.recordClose(ann, 1006)).not.toThrow();
  });
});

describe('what is heard', () => {
  it('M1: what was sent, from whom, to whom, as what', () => {
    const notes = new ModelHarness();
    const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => notes.open(id));
    if (ann === undefined || bob === undefined || eve === undefined) throw new Error('three are in');
    const n = notes.send(ann, 'bob');
    expect(() => notes.receiveMessage(bob, 'ann', 7)).toThrow('M1: line 1 heard what nobody sent');
    expect(() => notes.receiveMessage(eve, 'ann', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came to line 2, with dst eve');
    expect(() => notes.receiveMessage(bob, 'eve', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came with src eve');
    expect(() => notes.receiveMessage(bob, 'ann', n, { type: 'ANSWER' })).toThrow(
      'M1: OFFER 0 of line 0 to "bob" came as ANSWER',
    );
    expect(() => notes.receiveMessage(bob, 'ann', n, { isExact: false })).toThrow(
      'M1: OFFER 0 of line 0 to "bob" came with other',
    );
    notes.receiveMessage(bob, 'ann', n);
    expect(() => notes.receiveMessage(bob, 'ann', n)).toThrow('M1: OFFER 0 of line 0 to "bob" came twice');
  });

  it('O2: nothing of another realm', () => {
    const notes = new ModelHarness();
    const n = notes.send(notes.open('ann'), 'bob');
    expect(() => notes.receiveMessage(notes.open('bob', { realm: 'there' }), 'ann', n)).toThrow('O2:');
  });

  it('O11: nothing before OPEN', () => {
    const notes = new ModelHarness();
    const n = notes.send(notes.open('ann'), 'bob');
    expect(() => notes.receiveMessage(notes.connect('bob'), 'ann', n)).toThrow(
      'O11: OFFER 0 of line 0 to "bob" came before OPEN',
    );
  });

  it('M17: nothing out of order', () => {
    const notes = new ModelHarness();
    const [ann, bob] = [notes.open('ann'), notes.open('bob')];
    const [first, second] = [notes.send(ann, 'bob'), notes.send(ann, 'bob')];
    notes.receiveMessage(bob, 'ann', second);
    expect(() => notes.receiveMessage(bob, 'ann', first)).toThrow('M17: OFFER 0 of line 0 to "bob" came after a later one');
  });

  it('M9, M16: nothing else', () => {
    const notes = new ModelHarness();
    const ann = notes.open('ann');
    expect(() => notes.receive(ann, { type: 'HEARTBEAT' })).toThrow('M9: line 0 heard a HEARTBEAT');
    expect(() => notes.receive(ann, { type: 'LEAVE', src: 'bob', dst: 'ann' })).toThrow('M16: line 0 heard that bob has left');
    expect(() => notes.receive(ann, { type: 'EXPIRE', src: 'bob', dst: 'eve' })).toThrow('M14: line 0 heard an EXPIRE for eve');
    expect(() => notes.receive(ann, { type: 'EXPIRE', src: 'bob', dst: 'ann', isExact: false })).toThrow('M14:');
  });
});

describe('twilight', () => {
  it('L1: is when somebody may be closed at any moment', () => {
    const notes = new ModelHarness();
    notes.open('ann');
    notes.advance(11_000);
    expect([notes.model.isNearDeadline(999), notes.model.isNearDeadline(1_000)]).toEqual([false, true]);
  });

  it('what must hold after a step is thrown', () => {
    const notes = new ModelHarness();
    expect(() => notes.model.checkAll()).not.toThrow();
    notes.connect('ann');
    expect(() => notes.model.checkAll()).toThrow('O3:');
  });
});
