import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageTap } from '../../../src/application/ports/message-tap.ts';
import type { TraceLine } from '../../../src/application/ports/operations.ts';
import { pair, type TestBroker, type TestPeer } from '../../support/test-broker.ts';

let broker: TestBroker;
let ann: TestPeer;
let bob: TestPeer;
let tapped: string[];
let isTapping: boolean;
beforeEach(() => {
  tapped = [];
  isTapping = false;
  const tap: MessageTap = {
    get isEnabled() {
      return isTapping;
    },
    received: (_, { action }) => void tapped.push(`in ${action}`),
    sent: () => void tapped.push('out'),
  };
  ({ broker, ann, bob } = pair({}, { tap }));
});

function trace(id = 'ann'): { lines: TraceLine[]; stop: (() => void) | undefined } {
  const lines: TraceLine[] = [];
  const act = { reason: undefined, from: '127.0.0.1' };
  const listener = { line: (line: TraceLine) => lines.push(line), dropped: () => undefined, missing: () => undefined };
  return { lines, stop: broker.broker.operations.trace({ realm: 'peerjs', id }, act, listener) };
}

describe('a trace', () => {
  it('ADM6: has the frames of one peer, both ways, without payloads', () => {
    const { lines } = trace();
    ann.sendOffer('bob', { sdp: 'secret' });
    bob.send({ type: 'ANSWER', dst: 'ann', payload: { sdp: 'secret' } });
    bob.send({ type: 'HEARTBEAT' });
    ann.send({ type: 'HEARTBEAT' });
    expect(lines).toEqual([
      { at: 0, node: 'alone', way: 'in', type: 'offer', from: 'ann', to: 'bob', bytes: expect.any(Number) },
      { at: 0, node: 'alone', way: 'out', type: 'answer', from: 'bob', to: 'ann', bytes: expect.any(Number) },
      { at: 0, node: 'alone', way: 'in', type: 'heartbeat', from: 'ann', to: undefined, bytes: 20 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('ADM6: goes on with the next connection of the peer, and has frames that are no message', () => {
    const { lines } = trace();
    broker.connectPeer('ann');
    expect(lines).toMatchObject([{ way: 'out', type: 'frame', from: undefined, to: 'ann' }]);
  });

  it('ADM6: ends, and then costs nothing', () => {
    const { lines, stop } = trace();
    stop?.();
    ann.sendOffer('bob');
    expect([lines, tapped]).toEqual([[], []]);
  });

  it('ADM6: leaves the tap of the embedding program as it is', () => {
    trace('bob');
    ann.send({ type: 'HEARTBEAT' });
    isTapping = true;
    ann.sendOffer('bob');
    expect(tapped).toEqual(['in relay', 'out']);
  });

  it('ADM6: is refused beyond 16 of them', () => {
    const stops = Array.from({ length: 17 }, () => trace().stop);
    expect(stops.filter((stop) => stop === undefined)).toHaveLength(1);
    stops[0]?.();
    expect(trace().stop).toBeDefined();
  });

  it('ADM6: shortens the text of a destination', () => {
    const { lines } = trace();
    ann.sendOffer('x'.repeat(500));
    expect(lines[0]?.to).toHaveLength(128);
  });
});
