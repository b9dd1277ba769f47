import type { NodeWord } from '../../../application/ports/node-bus.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { TopicName } from '../../../domain/topic.ts';

/** Of what stands between nodes. A node understands its own version only, and says so of others. */
const VERSION = 1;

/** Why what came is no word for this node. */
export type WordFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

/** A word on the wire between nodes, and whose it is. */
export function writeWord(from: NodeId, word: NodeWord): string {
  return JSON.stringify({ v: VERSION, from, ...fieldsOf(word) });
}

/** What another node said; never throws. */
export function readWord(text: string): { readonly from: NodeId; readonly word: NodeWord } | WordFault {
  const said = jsonIn(text);
  if (said === undefined) return { why: 'unreadable' };
  if (said['v'] !== VERSION) return { why: 'unknown-version', version: said['v'] };
  const word = wordIn(said);
  return word === undefined || typeof said['from'] !== 'string' ? { why: 'unreadable' } : { from: said['from'] as NodeId, word };
}

/** Names on the wire are written out here: they stay when those of the code change. */
function fieldsOf(word: NodeWord): Json {
  if (word.say === 'mail') return { say: 'mail', realm: word.realm, id: word.id };
  if (word.say === 'superseded') {
    return { say: 'superseded', realm: word.realm, id: word.id, connection: word.connection };
  }
  const { publication: said } = word;
  const publication = {
    ...{ id: said.id, topics: said.topics, payload: Buffer.from(said.payload).toString('base64'), type: said.type },
    ...{ retry: said.retry, isPrivate: said.isPrivate, from: said.from },
  };
  return { say: 'publication', realm: word.realm, space: word.space, remembers: word.remembers, publication };
}

type Json = Readonly<Record<string, unknown>>;

function wordIn(said: Json): NodeWord | undefined {
  const [kind, key, peer, number] = [said['say'], said['realm'], said['id'], said['connection']];
  if (typeof key !== 'string') return undefined;
  const realm = key as RealmKey;
  if (kind === 'mail' && typeof peer === 'string') return { say: 'mail', realm, id: peer as PeerId };
  if (kind === 'superseded' && typeof peer === 'string' && typeof number === 'number') {
    return { say: 'superseded', realm, id: peer as PeerId, connection: number as ConnectionId };
  }
  return kind === 'publication' ? publicationIn(said, realm) : undefined;
}

function publicationIn(said: Json, realm: RealmKey): NodeWord | undefined {
  const [space, remembers, told] = [said['space'], said['remembers'], said['publication']];
  if (typeof space !== 'string' || typeof remembers !== 'boolean' || !isObject(told)) return undefined;
  const [id, payload, isPrivate] = [told['id'], told['payload'], told['isPrivate']];
  const [topics, type, retry, from] = [told['topics'], told['type'], told['retry'], told['from']];
  if (typeof id !== 'string' || typeof payload !== 'string' || typeof isPrivate !== 'boolean') return undefined;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) return undefined;
  const publication = {
    ...{ id, topics: topics as TopicName[], payload: Buffer.from(payload, 'base64'), isPrivate },
    type: typeof type === 'string' ? type : undefined,
    retry: typeof retry === 'number' ? retry : undefined,
    from: typeof from === 'string' ? (from as PeerId) : undefined,
  };
  return { say: 'publication', realm, space, remembers, publication };
}

function jsonIn(text: string): Json | undefined {
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
