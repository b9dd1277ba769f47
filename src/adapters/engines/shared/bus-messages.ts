import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { TopicName } from '../../../domain/topic.ts';

/** Of what stands between nodes. A node understands its own version only, and says so of others. */
const FORMAT_VERSION = 1;

/** Why what came is no word for this node. */
export type MessageFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

/** A word on the wire between nodes, and whose it is. */
export function encodeBusMessage(from: NodeId, message: BusMessage): string {
  return JSON.stringify({ v: FORMAT_VERSION, from, ...wireFields(message) });
}

/** What another node said; never throws. */
export function decodeBusMessage(text: string): { readonly from: NodeId; readonly message: BusMessage } | MessageFault {
  const fields = parseObject(text);
  if (fields === undefined) return { why: 'unreadable' };
  if (fields['v'] !== FORMAT_VERSION) return { why: 'unknown-version', version: fields['v'] };
  const message = messageIn(fields);
  return message === undefined || typeof fields['from'] !== 'string'
    ? { why: 'unreadable' }
    : { from: fields['from'] as NodeId, message };
}

/** Names on the wire are written out here: they stay when those of the code change. */
function wireFields(message: BusMessage): Json {
  if (message.type === 'mail') return { say: 'mail', realm: message.realm, id: message.id };
  if (message.type === 'superseded') {
    return { say: 'superseded', realm: message.realm, id: message.id, connection: message.connection };
  }
  const { publication: said } = message;
  const publication = {
    ...{ id: said.id, topics: said.topics, payload: Buffer.from(said.payload).toString('base64'), type: said.type },
    ...{ retry: said.retry, isPrivate: said.isPrivate, from: said.from },
  };
  return { say: 'publication', realm: message.realm, space: message.space, remembers: message.keepsHistory, publication };
}

type Json = Readonly<Record<string, unknown>>;

function messageIn(said: Json): BusMessage | undefined {
  const [kind, key, peer, number] = [said['say'], said['realm'], said['id'], said['connection']];
  if (typeof key !== 'string') return undefined;
  const realm = key as RealmKey;
  if (kind === 'mail' && typeof peer === 'string') return { type: 'mail', realm, id: peer as PeerId };
  if (kind === 'superseded' && typeof peer === 'string' && typeof number === 'number') {
    return { type: 'superseded', realm, id: peer as PeerId, connection: number as ConnectionId };
  }
  return kind === 'publication' ? publicationIn(said, realm) : undefined;
}

function publicationIn(said: Json, realm: RealmKey): BusMessage | undefined {
  const [space, keepsHistory, inner] = [said['space'], said['remembers'], said['publication']];
  if (typeof space !== 'string' || typeof keepsHistory !== 'boolean' || !isObject(inner)) return undefined;
  const [id, payload, isPrivate] = [inner['id'], inner['payload'], inner['isPrivate']];
  const [topics, type, retry, from] = [inner['topics'], inner['type'], inner['retry'], inner['from']];
  if (typeof id !== 'string' || typeof payload !== 'string' || typeof isPrivate !== 'boolean') return undefined;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) return undefined;
  const publication = {
    ...{ id, topics: topics as TopicName[], payload: Buffer.from(payload, 'base64'), isPrivate },
    type: typeof type === 'string' ? type : undefined,
    retry: typeof retry === 'number' ? retry : undefined,
    from: typeof from === 'string' ? (from as PeerId) : undefined,
  };
  return { type: 'publication', realm, space, keepsHistory, publication };
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
