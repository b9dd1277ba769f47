import { describe, expect, it } from 'vitest';
import { exchangesData, type WebRtc } from '../../../../doctor/probes/media.ts';

type Callback = (...args: string[]) => void;

/** A peer connection as the library has it: it refuses candidates without a description, and calls back after the end. */
class FakePeer {
  static readonly all: FakePeer[] = [];
  readonly candidates: string[] = [];
  onDescription: Callback = () => undefined;
  onCandidate: Callback = () => undefined;
  #hasDescription = false;

  constructor() {
    FakePeer.all.push(this);
  }

  onLocalDescription(then: Callback): void {
    this.onDescription = then;
  }

  onLocalCandidate(then: Callback): void {
    this.onCandidate = then;
  }

  onDataChannel(): void {}

  createDataChannel(): object {
    return { onOpen: () => undefined };
  }

  setRemoteDescription(): void {
    this.#hasDescription = true;
  }

  addRemoteCandidate(candidate: string): void {
    if (!this.#hasDescription) throw new Error('Got a remote candidate without ICE transport');
    this.candidates.push(candidate);
  }
}

function start(timeout: number) {
  FakePeer.all.length = 0;
  const outcome = exchangesData({ PeerConnection: FakePeer } as unknown as WebRtc, [], 'all', timeout);
  const [ann, bob] = FakePeer.all as [FakePeer, FakePeer];
  return { outcome, ann, bob };
}

describe('signalling between two peers of node-datachannel', () => {
  it('candidates before the description wait for it, in order', async () => {
    const { outcome, ann, bob } = start(1);
    for (const candidate of ['one', 'two']) ann.onCandidate(candidate, '0');
    expect(bob.candidates).toEqual([]);
    ann.onDescription('sdp', 'offer');
    ann.onCandidate('three', '0');
    expect(bob.candidates).toEqual(['one', 'two', 'three']);
    await outcome;
  });

  it('callbacks after the end have no effect', async () => {
    const { outcome, ann, bob } = start(1);
    ann.onDescription('sdp', 'offer');
    expect(await outcome).toBe(false);
    ann.onCandidate('late', '0');
    bob.onDescription('sdp', 'answer');
    expect(bob.candidates).toEqual([]);
  });
});
