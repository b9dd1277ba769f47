import type { ConversationRequest } from '../../../application/ports/requests.ts';
import type { Millis } from '../../../domain/time.ts';
import { readConnect, type ConnectPacket } from './connect-packet.ts';
import { connack3, connack5, property } from './frames.ts';
import type { RawPacket } from './packet-stream.ts';
import type { Version } from './packets.ts';
import { PROPERTIES } from './properties.ts';
import { REASONS, RETURN_CODES } from './reasons.ts';

/** The part of CONNECT that a conversation keeps. */
export type Client = Pick<ConnectPacket, 'version' | 'clientId' | 'keepAlive' | 'keepsSubscriptions' | 'maxPacketBytes'>;

/** MQ8. */
const MAX_CLIENT_ID_BYTES = 1024;

/** MQ10: a client sends something in each keep alive, and is closed after one and a half of it. */
const KEEP_ALIVES_OF_SILENCE = 1.5;
const LONGEST_KEEP_ALIVE = 65_535;

/** MQ4 to MQ8: reads the first packet. @returns the answer to a client that is refused; undefined for a client without answer. */
export function readClient(raw: RawPacket): ConnectPacket | Uint8Array | undefined {
  const client = readConnect(raw);
  if (client === undefined) return undefined;
  if (client === 'version') return connack3(RETURN_CODES.version);
  if (client.hasMethod) return connack5(REASONS.authenticationMethod, []);
  const { version, clientId, isClean } = client;
  const isUnusable = Buffer.byteLength(clientId) > MAX_CLIENT_ID_BYTES || (version === 4 && clientId === '' && !isClean);
  if (!isUnusable) return client;
  return version === 5 ? connack5(REASONS.clientId, []) : connack3(RETURN_CODES.clientId);
}

/** W3, MQ8: the password is the token. */
export function introduction(client: ConnectPacket, aliveTimeout: Millis): ConversationRequest {
  const { clientId, password } = client;
  const guest = { as: 'guest', hasTopicToken: true, key: undefined, selectors: [], presence: false } as const;
  const maxSilence = maxSilenceOf(serverKeepAlive(client, aliveTimeout) ?? client.keepAlive);
  const request = { ...guest, token: password, clientId: clientId === '' ? undefined : clientId };
  return { action: 'introduce', request: maxSilence === undefined ? request : { ...request, maxSilence } };
}

/** MQ10. @param keepAlive in seconds; 0 for none. */
function maxSilenceOf(keepAlive: number): Millis | undefined {
  return keepAlive === 0 ? undefined : keepAlive * KEEP_ALIVES_OF_SILENCE * 1000;
}

/** MQ10: the keep alive in seconds that the broker prescribes in version 5.0. Undefined if the client's own is short enough. */
function serverKeepAlive(
  { version, keepAlive }: Pick<Client, 'version' | 'keepAlive'>,
  aliveTimeout: Millis,
): number | undefined {
  if (version !== 5) return undefined;
  const longest = Math.min(LONGEST_KEEP_ALIVE, Math.max(1, Math.floor(aliveTimeout / KEEP_ALIVES_OF_SILENCE / 1000)));
  return keepAlive === 0 || keepAlive > longest ? longest : undefined;
}

/** The facts of the broker for the answer to CONNECT. */
export interface ConnackFacts {
  /** The id that the broker generated. */
  readonly id: string;
  readonly maxPacketBytes: number;
  readonly aliveTimeout: Millis;
  readonly keepsRetained: boolean;
}

/** MQ5, MQ9. */
export function connack(
  client: Client | undefined,
  { id, maxPacketBytes, aliveTimeout, keepsRetained }: ConnackFacts,
): Uint8Array {
  if (client?.version !== 5) return connack3(0);
  const properties = [property(PROPERTIES.maxPacketSize, maxPacketBytes), property(PROPERTIES.identifiersAvailable, 0)];
  if (!keepsRetained) properties.push(property(PROPERTIES.retainAvailable, 0));
  if (client.keepsSubscriptions) properties.push(property(PROPERTIES.sessionExpiry, 0));
  if (client.clientId === '') properties.push(property(PROPERTIES.assignedId, id));
  const keepAlive = serverKeepAlive(client, aliveTimeout);
  if (keepAlive !== undefined) properties.push(property(PROPERTIES.serverKeepAlive, keepAlive));
  return connack5(REASONS.success, properties);
}

/** The version of a client that has not connected is unknown. */
export function versionOf(client: Client | undefined): Version {
  return client?.version ?? 4;
}
