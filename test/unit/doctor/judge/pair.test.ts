import { describe, expect, it } from 'vitest';
import { finding } from '../../../../doctor/findings.ts';
import { judgePair, type WayObservation } from '../../../../doctor/judge/pair.ts';

const BLOCKED = finding('webrtc-blocked');
const NO_UDP = finding('udp-silent');
const EXPIRED = finding('turn-expired', { url: 'turn:a', seconds: 9 });
const FINE = finding('media', { ways: 'directly' });

const ways = (...connected: readonly WayObservation['way'][]): WayObservation[] =>
  (['host', 'srflx', 'relay-udp', 'relay-tcp'] as const).map((way) => ({ way, isConnected: connected.includes(way) }));

describe('D14', () => {
  it('names the ways that connect', () => {
    expect(judgePair({ own: [FINE], other: [FINE], ways: ways('host', 'relay-udp') })).toMatchObject({
      ...{ verdict: 'pair-connects', state: 'good' },
      is: 'Both sides exchange data: in one network, through TURN over UDP.',
    });
    expect(judgePair({ own: [FINE], other: [FINE], ways: ways('relay-tcp') })).toMatchObject({ verdict: 'pair-relays' });
  });

  it('names the side that fails, and why', () => {
    expect(judgePair({ own: [FINE], other: [NO_UDP, EXPIRED], ways: ways() })).toMatchObject({
      ...{ verdict: 'side-fails', state: 'bad' },
      is: `The other side fails: ${NO_UDP.is} ${EXPIRED.is}`,
      remedy: `${NO_UDP.remedy} ${EXPIRED.remedy}`,
    });
    expect(judgePair({ own: [BLOCKED], other: [FINE], ways: [] })).toMatchObject({ is: `This side fails: ${BLOCKED.is}` });
  });

  it('blames the side with a fault of its own for more than a common fault', () => {
    const seen = judgePair({ own: [EXPIRED, NO_UDP], other: [EXPIRED], ways: ways() });
    expect(seen.is).toBe(`This side fails: ${NO_UDP.is}`);
  });

  it('blames both for common faults, and for different ones', () => {
    expect(judgePair({ own: [EXPIRED], other: [EXPIRED], ways: ways() })).toMatchObject({ verdict: 'both-fail' });
    expect(judgePair({ own: [NO_UDP], other: [EXPIRED], ways: ways() })).toMatchObject({
      verdict: 'both-fail',
      is: `Both sides fail. This side: ${NO_UDP.is} The other side: ${EXPIRED.is}`,
    });
  });

  it('blames a side without WebRTC alone, because it cannot take the other steps', () => {
    expect(judgePair({ own: [NO_UDP], other: [BLOCKED], ways: [] })).toMatchObject({ is: `The other side fails: ${BLOCKED.is}` });
    expect(judgePair({ own: [BLOCKED], other: [BLOCKED], ways: [] })).toMatchObject({ verdict: 'both-fail' });
  });

  it('blames the networks if no side has a fault in a relevant step', () => {
    const doubtful = [finding('ice-none'), finding('clock-differs', { seconds: 60 })];
    expect(judgePair({ own: doubtful, other: [FINE], ways: ways() })).toMatchObject({ verdict: 'pair-fails' });
    expect(judgePair({ own: [FINE], other: [FINE], ways: [] }).is).toContain('none was tried');
  });
});
