import { finding, skipped, type Finding } from '../../doctor/findings.ts';
import { judgeIceList, readIceList } from '../../doctor/judge/ice-list.ts';
import { judgeTurn, UNREACHABLE, type TurnObservation } from '../../doctor/judge/turn.ts';
import type { IceUrl } from '../../doctor/target.ts';
import { fetchIce } from '../shared/ice-servers.ts';
import { TIMEOUT_MS, type PageContext, type PageStep } from './context.ts';
import { gather, hasWebRtc, type Gathering } from './gather.ts';
import { exchangesData } from './exchange.ts';

const MAX_SERVERS = 12;
const NO_WEBRTC = 'The browser has no WebRTC: see D13.';
const CARRIER_GRADE = /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;

/** D10. */
async function iceList(context: PageContext): Promise<Finding[]> {
  const { status, body } = await fetchIce(context.broker, context.identity, AbortSignal.timeout(TIMEOUT_MS));
  if (status === 404) return [finding('ice-none')];
  if (status !== 200) return [finding('ice-refused', { status })];
  const list = readIceList(body);
  context.servers = list.servers.slice(0, MAX_SERVERS);
  return judgeIceList(list, Date.now() + (context.clockDifference ?? 0));
}

/** D11: each server alone, then all together, because a symmetric NAT shows only in comparison. */
async function stun({ servers }: PageContext): Promise<Finding[]> {
  if (!hasWebRtc()) return [skipped('D11', NO_WEBRTC)];
  const urls = [...new Set(servers.filter(({ transport }) => transport === 'udp').map(stunUrl))];
  if (urls.length === 0) return [skipped('D11', 'The list has no server over UDP.')];
  const alone = await Promise.all(
    urls.map(async (url) => ({ url, seen: await gather({ iceServers: [{ urls: url }] }, 'srflx') })),
  );
  const findings = alone.filter(({ seen }) => isUnknownName(seen)).map(({ url }) => finding('stun-name-unknown', { url }));
  const silent = alone.filter(({ seen }) => !hasAnswered(seen) && !isUnknownName(seen));
  if (silent.length > 0 && !alone.some(({ seen }) => hasAnswered(seen))) return [...findings, finding('udp-silent')];
  findings.push(...silent.map(({ url }) => finding('stun-silent', { url, ms: TIMEOUT_MS })));
  const together = urls.length < 2 ? undefined : await gather({ iceServers: [{ urls }] });
  findings.push(...judgeNat([...alone.flatMap(({ seen }) => seen.candidates), ...(together?.candidates ?? [])], together));
  return findings.length > 0 ? findings : [finding('stun')];
}

/** One socket has one foundation; its ports differ only behind a symmetric NAT. */
function judgeNat(all: Gathering['candidates'], together: Gathering | undefined): Finding[] {
  const findings = all.some(({ type, address }) => type === 'srflx' && CARRIER_GRADE.test(address))
    ? [finding('nat-carrier')]
    : [];
  const ports = new Map<string, Set<number>>();
  for (const { type, foundation, port } of together?.candidates ?? []) {
    if (type === 'srflx') ports.set(foundation, (ports.get(foundation) ?? new Set()).add(port));
  }
  return [...ports.values()].some(({ size }) => size > 1) ? [...findings, finding('nat-symmetric')] : findings;
}

/** Without a NAT, the reflexive candidate equals the host candidate and is left out; then the end without an error counts. */
function hasAnswered({ candidates, errors, isComplete }: Gathering): boolean {
  return candidates.some(({ type }) => type === 'srflx') || (isComplete && errors.length === 0);
}

function isUnknownName({ errors }: Gathering): boolean {
  return errors.some(({ text }) => /lookup/i.test(text));
}

function stunUrl({ host, port }: IceUrl): string {
  return `stun:${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** D12: one after the other, because a quota may allow only few allocations at the same time. */
async function turn({ servers }: PageContext): Promise<Finding[]> {
  if (!hasWebRtc()) return [skipped('D12', NO_WEBRTC)];
  const relays = servers.filter(({ scheme }) => scheme.startsWith('turn'));
  if (relays.length === 0) return [skipped('D12', 'The list has no TURN server.')];
  const seen: TurnObservation[] = [];
  for (const server of relays) seen.push(observed(server, await gather(configurationOf([server], 'relay'), 'relay')));
  return judgeTurn(seen, TIMEOUT_MS, Date.now());
}

function observed(server: IceUrl, { candidates, errors, took }: Gathering): TurnObservation {
  if (candidates.some(({ type }) => type === 'relay')) return { server, took, allocate: 200 };
  const code = errors.find((error) => error.code >= 300 && error.code < 700)?.code;
  if (code !== undefined) return { server, took, allocate: code };
  const text = errors.map((error) => error.text).join(' ');
  if (/lookup/i.test(text)) return { server, took, error: 'ENOTFOUND' };
  return { server, took, error: /establish/i.test(text) ? UNREACHABLE : 'ETIMEDOUT' };
}

export function configurationOf(servers: readonly IceUrl[], policy: RTCIceTransportPolicy = 'all'): RTCConfiguration {
  const iceServers = servers.map(({ url, username, credential }) => ({ urls: url, username, credential }));
  return { iceServers, iceTransportPolicy: policy };
}

/** D13. */
async function media({ servers }: PageContext): Promise<Finding[]> {
  if (!hasWebRtc()) return [finding('webrtc-blocked')];
  if (!(await exchangesData(configurationOf(servers), 2 * TIMEOUT_MS))) return [finding('media-fails', { way: 'any way' })];
  if (!servers.some(({ scheme }) => scheme.startsWith('turn'))) return [finding('media', { ways: 'directly' })];
  const isRelayed = await exchangesData(configurationOf(servers, 'relay'), 2 * TIMEOUT_MS);
  return [isRelayed ? finding('media', { ways: 'directly and through TURN' }) : finding('relay-fails')];
}

export const ICE_STEPS: readonly PageStep[] = [
  { id: 'D10', run: iceList },
  { id: 'D11', run: stun },
  { id: 'D12', run: turn },
  { id: 'D13', run: media },
];
