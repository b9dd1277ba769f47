import { expect, it } from 'vitest';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { UnfinishedFrames } from '../../../src/application/unfinished-frames.ts';
import { connectionId } from '../../../src/domain/ids.ts';

const ANN = connectionId(1, 0);

/** One request of each kind that has bytes, and one without. */
function requestsWith(view: Uint8Array): readonly FrameRequest[] {
  const draft = { topics: ['a'], payload: view, extra: { dialect: 'mqtt', bytes: view } };
  const member = { key: undefined, payload: view };
  return [
    { action: 'relay', kind: 'offer', to: 'bob', payload: view },
    { action: 'publish', draft, echo: true },
    { action: 'set-will', will: view },
    { action: 'set-will-draft', draft },
    { action: 'reply', frame: view },
    { action: 'track', room: { topic: 'a', isPrivate: false }, member },
    { action: 'join-topics', selectors: [], presence: { watches: false, member } },
    { action: 'pong' },
  ];
}

it('M23: the bytes of requests that wait are copied, in each kind of request; other bytes stay', () => {
  const lent = new Uint8Array([9, 1, 2, 3, 9]);
  const own = Uint8Array.of(7);
  const kept = new UnfinishedFrames();
  const frame = { bytes: lent.subarray(1), isBinary: true, size: 4 };
  kept.keep(ANN, [...requestsWith(lent.subarray(1, 4)), { action: 'reply', frame: own }], frame);
  lent.fill(0xff);
  expect(kept.find(ANN)?.requests).toEqual([...requestsWith(new Uint8Array([1, 2, 3])), { action: 'reply', frame: own }]);
  expect(kept.bytesOf(ANN)).toBe(4 + 9 * 280);
  kept.delete(ANN);
  expect([kept.find(ANN), kept.bytesOf(ANN)]).toEqual([undefined, 0]);
});
