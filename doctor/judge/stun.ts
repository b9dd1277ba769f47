import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { finding, type Finding } from '../findings.ts';

/** The response of one STUN server to a socket that asks them all. */
export interface StunObservation {
  readonly url: string;
  readonly error?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/** Kinds of addresses that a client never has. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['unspecified', 'broadcast', 'multicast', 'reserved']);

/** D11. */
export function judgeStun(seen: readonly StunObservation[], timeout: number): Finding[] {
  const answers = seen.filter(({ address }) => address !== undefined);
  const findings = seen.filter(({ error }) => error === 'ENOTFOUND').map(({ url }) => finding('stun-name-unknown', { url }));
  const silent = seen.filter(({ error }) => error !== undefined && error !== 'ENOTFOUND');
  if (answers.length === 0) return silent.length === 0 ? findings : [...findings, finding('udp-silent')];
  findings.push(...silent.map(({ url }) => finding('stun-silent', { url, ms: timeout })));
  const liars = answers.filter((answer) => isImpossible(answer));
  findings.push(...liars.map(({ url }) => finding('stun-lies', { url })));
  findings.push(...compared(answers.filter((answer) => !isImpossible(answer))));
  return findings.length > 0 ? findings : [finding('stun')];
}

function compared(answers: readonly StunObservation[]): Finding[] {
  const addresses = new Set(answers.map(({ address }) => address));
  if (addresses.size > 1) return [finding('stun-contradicts')];
  const isCarrier = answers.some(({ address }) => rangeOf(address) === 'carrierGradeNat');
  const ports = new Set(answers.map(({ port }) => port));
  return [...(isCarrier ? [finding('nat-carrier')] : []), ...(ports.size > 1 ? [finding('nat-symmetric')] : [])];
}

function isImpossible({ address, port }: StunObservation): boolean {
  return port === 0 || IMPOSSIBLE.has(rangeOf(address));
}

function rangeOf(address: string | undefined): string {
  return address === undefined || isIP(address) === 0 ? 'reserved' : ipaddr.process(address).range();
}
