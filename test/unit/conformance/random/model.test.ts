import { describe, expect, it } from 'vitest';
import { ModelHarness } from './model-harness.ts';

describe('admission', () => {
  it('O3: a free id is admitted with OPEN', () => {
    const harness = new ModelHarness();
    const ann = harness.connect('ann');
    expect(ann.outcome).toBe('admitted');
    expect(harness.overdue).toBe('O3: connection 0 was admitted, but received no OPEN');
    harness.receive(ann, { type: 'OPEN' });
    expect(harness.overdue).toBeUndefined();
    expect(() => harness.receive(ann, { type: 'OPEN' })).toThrow('O3: connection 0 received OPEN twice');
  });

  it('O4: a taken id is refused for another token', () => {
    const harness = new ModelHarness();
    harness.open('ann');
    const intruder = harness.connect('ann', { token: 'two' });
    expect(harness.overdue).toBe('O4: the server did not close connection 1 (1008)');
    expect(() => harness.receive(intruder, { type: 'OPEN' })).toThrow(
      'O4: connection 1 received OPEN, but the expected outcome is "taken"',
    );
    expect(() => harness.receive(intruder, { type: 'ERROR' })).toThrow(
      'O4: connection 1 received ERROR, but the expected outcome is "taken"',
    );
    expect(() => harness.model.recordClose(intruder, 1008)).toThrow(
      'O4: the server closed connection 1 with 1008 without a refusal frame',
    );
    harness.receive(intruder, { type: 'ID-TAKEN' });
    expect(() => harness.model.recordClose(intruder, 1000)).toThrow(
      'O4: the server closed connection 1 with 1000 instead of 1008',
    );
    harness.model.recordClose(intruder, 1008);
    expect(harness.overdue).toBeUndefined();
  });

  it('O5: the last connection with the same token owns the id', () => {
    const harness = new ModelHarness();
    const before = harness.open('ann');
    const after = harness.connect('ann');
    expect(() => harness.receive(after, { type: 'ID-TAKEN' })).toThrow(
      'O5: connection 1 received ID-TAKEN, although its token is valid',
    );
    harness.receive(after, { type: 'OPEN' });
    expect(harness.overdue).toBe('O5: the server did not close connection 0 (4001)');
    harness.model.recordClose(before, 4001);
    expect(harness.model.ownerOf(after)).toBe(after);
    expect(() => harness.receiveMessage(before, 'ann', harness.send(after, 'ann'))).toThrow('O5:');
  });

  it('O5: a compatible server need not send OPEN to a reconnect or close the old socket', () => {
    const harness = new ModelHarness({ habits: { reconnectGetsOpen: false } });
    harness.open('ann');
    const after = harness.connect('ann');
    expect(harness.overdue).toBeUndefined();
    harness.receiveMessage(after, 'ann', harness.send(after, 'ann'));
  });

  it('O6: the concurrent limit applies per realm', () => {
    const harness = new ModelHarness();
    for (const id of ['ann', 'bob', 'eve']) harness.open(id);
    expect(harness.connect('fay').outcome).toBe('full');
    expect(harness.connect('ann').outcome).toBe('admitted');
    expect(harness.connect('fay', { realm: 'there' }).outcome).toBe('admitted');
    expect(() => harness.receive(harness.connect('gus'), { type: 'OPEN' })).toThrow(
      'O6: connection 6 received OPEN, but the expected outcome is "full"',
    );
  });

  it('O7: an invalid id is refused', () => {
    expect(new ModelHarness().connect('a\u0007').outcome).toBe('invalid-id');
    expect(new ModelHarness({ habits: { validatesIds: false } }).connect('a\u0007').outcome).toBe('admitted');
  });

  it('L2, L4, M7: a closed socket or LEAVE frees the id', () => {
    const harness = new ModelHarness();
    harness.model.recordHangUp(harness.open('ann'));
    const again = harness.connect('ann', { token: 'two' });
    expect(again.outcome).toBe('admitted');
    expect(() => harness.receive(again, { type: 'ID-TAKEN' })).toThrow(
      'L2: connection 1 received ID-TAKEN, although its id is free',
    );
    harness.receive(again, { type: 'OPEN' });
    harness.model.recordLeave(again);
    expect(harness.overdue).toBe('M7: the server did not close connection 1 (1000)');
    expect(harness.model.freedBy(again)).toBe('M7');
  });

  it('M7: a compatible server may leave the socket open', () => {
    const harness = new ModelHarness({ habits: { leaveCloses: false } });
    harness.model.recordLeave(harness.open('ann'));
    expect(harness.overdue).toBeUndefined();
  });
});

describe('a close by the server', () => {
  it('L1, L5: follows the liveness timeout, with its code', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.advance(11_999);
    expect(() => harness.model.recordClose(ann, 4002)).toThrow('L1: the server closed connection 0 with 4002 for no reason');
    harness.advance(1);
    expect(() => harness.model.recordClose(ann, 1000)).toThrow('L1: the server closed connection 0 with 1000 for no reason');
    expect(harness.overdue).toBeUndefined();
    harness.advance(13_000);
    expect(harness.overdue).toBeUndefined();
    harness.advance(1);
    expect(harness.overdue).toBe('L1: the server did not close connection 0, which has been silent for 25001 ms');
  });

  it('L1: may use any code and count HEARTBEAT only on a compatible server', () => {
    const harness = new ModelHarness({ habits: { usesCloseCodes: false, anyMessageKeepsAlive: false } });
    const ann = harness.open('ann');
    harness.advance(11_000);
    harness.model.recordFrame(ann);
    harness.advance(1_000);
    harness.model.recordClose(ann, 1005);
    expect(ann.isClosed).toBe(true);
  });

  it('M8: does not follow a message within the liveness timeout', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.advance(11_000);
    harness.model.recordFrame(ann);
    harness.advance(1_000);
    expect(() => harness.model.recordClose(ann, 4002)).toThrow('L1');
  });

  it('M10: follows too many malformed frames, not a single one', () => {
    const harness = new ModelHarness({ limits: { malformedPerWindow: 1 } });
    const ann = harness.open('ann');
    harness.model.recordMalformed(ann);
    expect(() => harness.model.recordClose(ann, 1007)).toThrow('M10: the server closed connection 0 with 1007 for no reason');
    harness.model.recordMalformed(ann);
    harness.model.recordMalformed(ann);
    expect(harness.overdue).toBe('M10: the server did not close connection 0, which exceeds the limit of malformed frames');
    harness.model.recordClose(ann, 1007);
    expect(harness.overdue).toBeUndefined();
  });

  it('M10: for a liveness timeout does not replace an overdue close', () => {
    const harness = new ModelHarness({ limits: { malformedPerWindow: 0 } });
    const ann = harness.open('ann');
    harness.model.recordMalformed(ann);
    harness.advance(12_000);
    expect(() => harness.model.recordClose(ann, 4002)).toThrow(
      'M10: the server did not close connection 0, which exceeds the limit of malformed frames',
    );
  });

  it('M19: follows a rate limit violation and answers the last message', () => {
    const harness = new ModelHarness({ limits: { messageBurst: 2, messagesPerSecond: 1 } });
    const ann = harness.open('ann');
    for (let n = 0; n < 3; n++) harness.send(ann, 'bob');
    expect(harness.overdue).toBe('M19: the server did not close connection 0, which exceeds the rate limit');
    harness.model.recordClose(ann, 1008);
    expect(() => harness.receiveMessage(harness.open('bob'), 'ann', 2)).toThrow('M14:');
  });

  it('may have any code after a close by the client', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    harness.model.recordHangUp(ann);
    expect(() => harness.model.recordClose(ann, 1006)).not.toThrow();
  });
});

describe('a received frame', () => {
  it('M1: is a sent message with the same src, dst, type and members', () => {
    const harness = new ModelHarness();
    const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => harness.open(id));
    if (ann === undefined || bob === undefined || eve === undefined) throw new Error('expected three connections');
    const n = harness.send(ann, 'bob');
    expect(() => harness.receiveMessage(bob, 'ann', 7)).toThrow('M1: connection 1 received a message that no peer sent');
    expect(() => harness.receiveMessage(eve, 'ann', n)).toThrow(
      'M1: OFFER 0 of connection 0 to "bob" was delivered to connection 2, with the dst eve',
    );
    expect(() => harness.receiveMessage(bob, 'eve', n)).toThrow(
      'M1: OFFER 0 of connection 0 to "bob" was delivered with the src eve',
    );
    expect(() => harness.receiveMessage(bob, 'ann', n, { type: 'ANSWER' })).toThrow(
      'M1: OFFER 0 of connection 0 to "bob" was delivered with the type ANSWER',
    );
    expect(() => harness.receiveMessage(bob, 'ann', n, { isExact: false })).toThrow(
      'M1: OFFER 0 of connection 0 to "bob" was delivered with members other',
    );
    harness.receiveMessage(bob, 'ann', n);
    expect(() => harness.receiveMessage(bob, 'ann', n)).toThrow('M1: OFFER 0 of connection 0 to "bob" was delivered twice');
  });

  it('O2: is not from another realm', () => {
    const harness = new ModelHarness();
    const n = harness.send(harness.open('ann'), 'bob');
    expect(() => harness.receiveMessage(harness.open('bob', { realm: 'there' }), 'ann', n)).toThrow('O2:');
  });

  it('O11: does not precede OPEN', () => {
    const harness = new ModelHarness();
    const n = harness.send(harness.open('ann'), 'bob');
    expect(() => harness.receiveMessage(harness.connect('bob'), 'ann', n)).toThrow(
      'O11: OFFER 0 of connection 0 to "bob" was delivered before OPEN',
    );
  });

  it('M17: is in order', () => {
    const harness = new ModelHarness();
    const [ann, bob] = [harness.open('ann'), harness.open('bob')];
    const [first, second] = [harness.send(ann, 'bob'), harness.send(ann, 'bob')];
    harness.receiveMessage(bob, 'ann', second);
    expect(() => harness.receiveMessage(bob, 'ann', first)).toThrow(
      'M17: OFFER 0 of connection 0 to "bob" was delivered after a later message',
    );
  });

  it('M9, M16: has a known type', () => {
    const harness = new ModelHarness();
    const ann = harness.open('ann');
    expect(() => harness.receive(ann, { type: 'HEARTBEAT' })).toThrow('M9: connection 0 received a frame of type HEARTBEAT');
    expect(() => harness.receive(ann, { type: 'LEAVE', src: 'bob', dst: 'ann' })).toThrow(
      'M16: connection 0 received LEAVE from bob',
    );
    expect(() => harness.receive(ann, { type: 'EXPIRE', src: 'bob', dst: 'eve' })).toThrow(
      'M14: connection 0 received an EXPIRE with the dst eve',
    );
    expect(() => harness.receive(ann, { type: 'EXPIRE', src: 'bob', dst: 'ann', isExact: false })).toThrow('M14:');
  });
});

describe('a near deadline', () => {
  it('L1: is near if a liveness timeout is about to expire', () => {
    const harness = new ModelHarness();
    harness.open('ann');
    harness.advance(11_000);
    expect([harness.model.isNearDeadline(999), harness.model.isNearDeadline(1_000)]).toEqual([false, true]);
  });

  it('checkAll throws an overdue event', () => {
    const harness = new ModelHarness();
    expect(() => harness.model.checkAll()).not.toThrow();
    harness.connect('ann');
    expect(() => harness.model.checkAll()).toThrow('O3:');
  });
});
