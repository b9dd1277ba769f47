import { connectionId, nodeId, parsePeerId, realmKey, type PeerId } from '../../../src/domain/ids.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import type { RealmsLimits } from '../../../src/domain/realms.ts';
import { Session, type SessionRequest, type SessionTraits } from '../../../src/domain/session.ts';
import { Token } from '../../../src/domain/token.ts';

export const REALM_IDENTITY = { key: realmKey('peerjs'), node: nodeId('here') };

export const LIMITS: RealmsLimits = {
  maxRealms: 2,
  concurrentLimit: 3,
  aliveTimeout: 60_000,
  idLength: 10,
  onFlood: 'close',
  messagesPerSecond: 10,
  messageBurst: 5,
  malformedPerWindow: 2,
  malformedWindow: 1_000,
  pingInterval: 20_000,
  streamHeartbeat: 40_000,
  topicLength: 10,
  topicsPerConnection: 3,
  topicJoins: 8,
  topicPatterns: 2,
  topicPresence: 3,
  historyMessages: 3,
  historyBytes: 2_000,
  retainedMessages: 3,
  retainedBytes: 3_000,
  presenceMembers: 3,
  presenceBytes: 40,
  sendBufferBytes: 10_000,
};

/** Traits of a PeerJS WebSocket. */
export const SOCKET_TRAITS: SessionTraits = { carrier: 'socket', liveness: 'sends', space: 'letters', keepsHistory: false };

export function peerId(text: string): PeerId {
  const parsed = parsePeerId(text);
  if (!parsed.ok) throw new Error(`${text} is not a peer id`);
  return parsed.value;
}

let slot = 0;

/** A connecting session for `id`, on a new connection. */
export function session(
  id: string,
  realm = new Realm(REALM_IDENTITY, LIMITS),
  now = 0,
  request: Partial<SessionRequest<Realm>> = {},
): RealmSession {
  const connection = connectionId(slot++, 0);
  return new Session({ connection, realm, id: peerId(id), token: new Token('t'), traits: SOCKET_TRAITS, ...request }, now);
}
