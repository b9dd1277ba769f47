import { connectionId, nodeId, parsePeerId, realmKey, type PeerId } from '../../../src/domain/ids.ts';
import { Realm, type RealmLimits } from '../../../src/domain/realm.ts';
import { Session } from '../../../src/domain/session.ts';
import { Token } from '../../../src/domain/token.ts';

/** Of a realm: its key and its node. */
export const PLACE = { key: realmKey('peerjs'), node: nodeId('here') };

export const LIMITS: RealmLimits = {
  concurrentLimit: 3,
  aliveTimeout: 60_000,
  idLength: 10,
  onFlood: 'close',
  messagesPerSecond: 10,
  messageBurst: 5,
  malformedPerWindow: 2,
  malformedWindow: 1_000,
};

export function peerId(text: string): PeerId {
  const parsed = parsePeerId(text);
  if (!parsed.ok) throw new Error(`${text} is no id`);
  return parsed.value;
}

let slot = 0;

/** A session that asks to be `id`, on a connection of its own. */
export function session(id: string, realm = new Realm(PLACE, LIMITS), now = 0): Session {
  return new Session({ connection: connectionId(slot++, 0), realm, id: peerId(id), token: new Token('t') }, now);
}
