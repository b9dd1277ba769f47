import { finding, type Finding } from '../findings.ts';
import type { StepId } from '../verdicts/verdict.ts';

/** The ways between two browsers, in the order of their cost. */
export const PAIR_WAYS = ['host', 'srflx', 'relay-udp', 'relay-tcp'] as const;
export type PairWay = (typeof PAIR_WAYS)[number];

export interface WayObservation {
  readonly way: PairWay;
  /** Whether a data channel opened on this way alone. */
  readonly isConnected: boolean;
}

/** D14: the findings of both sides, and the ways that they tried; none if one side has no WebRTC. */
export interface PairObservation {
  readonly own: readonly Finding[];
  readonly other: readonly Finding[];
  readonly ways: readonly WayObservation[];
}

const NAMES: Readonly<Record<PairWay, string>> = {
  host: 'in one network',
  srflx: 'directly between networks',
  'relay-udp': 'through TURN over UDP',
  'relay-tcp': 'through TURN over TCP or TLS',
};

const NO_WEBRTC = 'webrtc-blocked';

/** The steps whose faults prevent connections between peers. */
const RELEVANT: ReadonlySet<StepId> = new Set(['D5', 'D7', 'D11', 'D12', 'D13']);

/** D14, for the page of the side `own`. A fault that only one side has decides. */
export function judgePair({ own, other, ways }: PairObservation): Finding {
  const connected = ways.filter(({ isConnected }) => isConnected).map(({ way }) => way);
  if (connected.length > 0) {
    const isDirect = connected.some((way) => !way.startsWith('relay'));
    return finding(isDirect ? 'pair-connects' : 'pair-relays', { ways: named(connected) });
  }
  const [ownFaults, otherFaults] = decisive(faultsOf(own), faultsOf(other));
  const [ownOnly, otherOnly] = [without(ownFaults, otherFaults), without(otherFaults, ownFaults)];
  if (ownFaults.length + otherFaults.length === 0) return finding('pair-fails', { ways: named(ways.map(({ way }) => way)) });
  if (otherOnly.length === 0 && ownOnly.length > 0) return sideFails('This side', ownOnly);
  if (ownOnly.length === 0 && otherOnly.length > 0) return sideFails('The other side', otherOnly);
  return finding('both-fail', { own: reasons(ownFaults), other: reasons(otherFaults) });
}

function faultsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ step, state }) => state === 'bad' && RELEVANT.has(step));
}

/** A browser without WebRTC skips the other steps, so a side without WebRTC decides alone. */
function decisive(own: readonly Finding[], other: readonly Finding[]): [readonly Finding[], readonly Finding[]] {
  const [ownBlocks, otherBlocks] = [own, other].map((faults) => faults.filter(({ verdict }) => verdict === NO_WEBRTC));
  if (ownBlocks === undefined || otherBlocks === undefined || ownBlocks.length + otherBlocks.length === 0) return [own, other];
  return [ownBlocks, otherBlocks];
}

function without(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const known = new Set(others.map(({ verdict }) => verdict));
  return findings.filter(({ verdict }) => !known.has(verdict));
}

function sideFails(side: string, faults: readonly Finding[]): Finding {
  return finding('side-fails', { side, reason: reasons(faults), remedy: joined(faults.map(({ remedy }) => remedy)) });
}

function reasons(faults: readonly Finding[]): string {
  return joined(faults.map(({ is }) => is));
}

/** The text of a verdict ends with a dot of its own. */
function joined(sentences: readonly string[]): string {
  return [...new Set(sentences)].join(' ').replace(/\.$/, '');
}

function named(ways: readonly PairWay[]): string {
  return ways.length === 0 ? 'none was tried' : ways.map((way) => NAMES[way]).join(', ');
}
