import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Handshakes, type HandshakeOutcome } from '../../../src/domain/handshakes.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { peerId } from './session-fixture.ts';

const GREEN = realmKey('green');
const [ANN, BOB] = [peerId('ann'), peerId('bob')];

function observed(): { handshakes: Handshakes; outcomes: [HandshakeOutcome, number][] } {
  const outcomes: [HandshakeOutcome, number][] = [];
  return { handshakes: new Handshakes((outcome, span) => outcomes.push([outcome, span])), outcomes };
}

describe('Handshakes', () => {
  it('matches an offer with the answer that comes back', () => {
    const { handshakes, outcomes } = observed();
    handshakes.offered(GREEN, ANN, BOB, 1_000);
    handshakes.delivered(GREEN, 'answer', BOB, ANN, 1_250);
    expect([outcomes, handshakes.size]).toEqual([[['answered', 250]], 1]);
    handshakes.expire(60_000);
    expect([outcomes.length, handshakes.size]).toEqual([1, 0]);
  });

  it('ignores answers of other peers, of other realms and without an offer, and other messages', () => {
    const { handshakes, outcomes } = observed();
    handshakes.delivered(GREEN, 'answer', BOB, ANN, 0);
    handshakes.offered(GREEN, ANN, BOB, 0);
    handshakes.delivered(GREEN, 'answer', ANN, BOB, 1);
    handshakes.delivered(realmKey('red'), 'answer', BOB, ANN, 1);
    handshakes.delivered(GREEN, 'candidate', BOB, ANN, 1);
    expect(outcomes).toEqual([]);
  });

  it('matches several offers of one pair in order, and expires all of them at once', () => {
    const { handshakes, outcomes } = observed();
    for (const at of [0, 100, 200]) handshakes.offered(GREEN, ANN, BOB, at);
    handshakes.delivered(GREEN, 'answer', BOB, ANN, 300);
    handshakes.delivered(GREEN, 'expire', BOB, ANN, 400);
    expect(outcomes).toEqual([
      ['answered', 300],
      ['expired', 300],
      ['expired', 200],
    ]);
  });

  it('reports an offer as unanswered after 30 s', () => {
    const { handshakes, outcomes } = observed();
    handshakes.offered(GREEN, ANN, BOB, 0);
    handshakes.expire(29_999);
    expect(outcomes).toEqual([]);
    handshakes.expire(30_000);
    handshakes.delivered(GREEN, 'answer', BOB, ANN, 30_001);
    expect([outcomes, handshakes.size]).toEqual([[['unanswered', 30_000]], 0]);
  });

  it('observes at most 10,000 offers', () => {
    const { handshakes } = observed();
    for (let n = 0; n < 10_100; n++) handshakes.offered(GREEN, ANN, peerId(`peer ${n}`), 0);
    expect(handshakes.size).toBe(10_000);
  });

  it('reports each offer once', () => {
    const step = fc.record({
      what: fc.constantFrom('offered', 'answer', 'expire', 'wait'),
      from: fc.constantFrom(ANN, BOB),
      span: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { handshakes, outcomes } = observed();
        let now = 0;
        let offers = 0;
        for (const { what, from, span } of steps) {
          now += span;
          const to = from === ANN ? BOB : ANN;
          if (what === 'offered') offers += 1;
          if (what === 'offered') handshakes.offered(GREEN, from, to, now);
          else if (what === 'wait') handshakes.expire(now);
          else handshakes.delivered(GREEN, what, from, to, now);
        }
        handshakes.expire(now + 30_000);
        expect([outcomes.length, handshakes.size]).toEqual([offers, 0]);
      }),
    );
  });
});
