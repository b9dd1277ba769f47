import type { NodeWord } from '../../../application/ports/node-bus.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { TopicName } from '../../../domain/topic.ts';

/** Of what stands between nodes. A node understands its own version only, and says so of others. */
const VERSION = 1;

/** Why what came is no word for this node. */
export type WordFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

/** A word on the wire between nodes, and whose it is. */
export function writeWord(from: NodeId, word: NodeWord): string {
  if (word.say !== 'publication') return JSON.stringify({ v: VERSION, from, ...word });
  const { publication, ...rest } = word;
  const payload = Buffer.from(publication.payload).toString('base64');
  return JSON.stringify({ v: VERSION, from, ...rest, publication: { ...publication, payload } });
}

/** What another node said; never throws. */
export function readWord(text: string): { readonly from: NodeId; readonly word: NodeWord } | WordFault {
  const said = jsonIn(text);
  if (said === undefined) return { why: 'unreadable' };
  if (said['v'] !== VERSION) return { why: 'unknown-version', version: said['v'] };
  const word = wordIn(said);
  return word === undefined || typeof said['from'] !== 'string' ? { why: 'unreadable' } : { from: said['from'] as NodeId, word };
}

type Json = Readonly<Record<string, unknown>>;

function wordIn(said: Json): NodeWord | undefined {
  const { say, realm, id, connection } = said;
  if (typeof realm !== 'string') return undefined;
  const key = realm as RealmKey;
  if (say === 'mail' && typeof id === 'string') return { say, realm: key, id: id as PeerId };
  if (say === 'superseded' && typeof id === 'string' && typeof connection === 'number') {
    return { say, realm: key, id: id as PeerId, connection: connection as ConnectionId };
  }
  return say === 'publication' ? publicationIn(said, key) : undefined;
}

function publicationIn({ space, remembers, publication: told }: Json, realm: RealmKey): NodeWord | undefined {
  if (typeof space !== 'string' || typeof remembers !== 'boolean' || !isObject(told)) return undefined;
  const { id, topics, payload, type, retry, isPrivate, from } = told;
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
