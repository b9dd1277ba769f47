import { below, brokerTime, type Context, type Step } from '../context.ts';
import { finding, skipped } from '../findings.ts';
import { judgeIceList, readIceList } from '../judge/ice-list.ts';
import { NO_BROKER } from '../judge/messages.ts';
import { judgeStun } from '../judge/stun.ts';
import { judgeTurn, type TurnObservation } from '../judge/turn.ts';
import { get } from '../probes/http.ts';
import { exchangeData } from '../probes/media-client.ts';
import { observeStun } from '../probes/stun.ts';
import { observeTurn } from '../probes/turn-client.ts';
import type { IceUrl } from '../target.ts';

const MAX_SERVERS = 12;

/** D10. */
export const iceList: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D10', NO_BROKER)];
  const { key, timeout } = context.target;
  const query = new URLSearchParams({ id: context.peer.id });
  const headers = { authorization: `Bearer ${context.peer.token}` };
  const { status, body } = await get(below(context, `${encodeURIComponent(key)}/ice?${query.toString()}`), timeout, headers);
  if (status === 404) return [finding('ice-none')];
  if (status !== 200) return [finding('ice-refused', { status })];
  context.ice = readIceList(body);
  return judgeIceList(context.ice, brokerTime(context));
};

/** D11. TURN servers answer STUN requests, too. */
export const stun: Step = async (context) => {
  const servers = serversOf(context).filter(({ transport }) => transport === 'udp');
  if (servers.length === 0) return [skipped('D11', 'The list has no server over UDP.')];
  const unique = [...new Map(servers.map((server) => [`${server.host}:${server.port}`, server])).values()];
  return judgeStun(await observeStun(unique, context.target.timeout), context.target.timeout);
};

/** D12: one after the other, because a quota may allow only few allocations at the same time. */
export const turn: Step = async (context) => {
  const servers = serversOf(context).filter(({ scheme }) => scheme.startsWith('turn'));
  if (servers.length === 0) return [skipped('D12', 'The list has no TURN server.')];
  const seen: TurnObservation[] = [];
  for (const server of servers) seen.push(await observeTurn(server, context.target.timeout));
  return judgeTurn(seen, context.target.timeout, Date.now());
};

/** D13. */
export const media: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D13', NO_BROKER)];
  const [servers, timeout] = [serversOf(context), context.target.timeout * 2];
  const direct = await exchangeData({ servers, policy: 'all', timeout });
  if (direct === 'missing') return [skipped('D13', 'Install the package node-datachannel to test it.')];
  if (direct === 'crashed') return [skipped('D13', LIBRARY_CRASHED)];
  if (direct === 'lost') return [finding('media-fails', { way: 'any way' })];
  // The library relays over UDP only.
  const relays = servers.filter(({ scheme, transport }) => scheme === 'turn' && transport === 'udp');
  if (relays.length === 0) return [finding('media', { ways: 'directly' })];
  const relayed = await exchangeData({ servers: relays, policy: 'relay', timeout });
  if (relayed === 'crashed') return [skipped('D13', LIBRARY_CRASHED)];
  return [relayed === 'received' ? finding('media', { ways: 'directly and through TURN' }) : finding('relay-fails')];
};

const LIBRARY_CRASHED = 'The package node-datachannel crashed, so this step has no result.';

/** The findings of a step do not depend on servers beyond the first ones. */
function serversOf({ ice }: Context): readonly IceUrl[] {
  return ice?.servers.slice(0, MAX_SERVERS) ?? [];
}
