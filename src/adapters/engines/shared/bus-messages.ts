import type { BusMessage, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { NEVER } from '../../../domain/time.ts';
import type { PayloadForm, Retention, TopicName, WireExtra } from '../../../domain/topic.ts';
import { FORMAT_VERSION } from './format-version.ts';

/** Reason why a bus message was rejected. */
export type MessageFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

/** The wire text of a message, with the node that sends it. */
export function encodeBusMessage(from: NodeId, message: BusMessage): string {
  return JSON.stringify({ v: FORMAT_VERSION, from, ...wireFields(message) });
}

/** Decodes a message of another node. Never throws. */
export function decodeBusMessage(text: string): { readonly from: NodeId; readonly message: BusMessage } | MessageFault {
  const fields = parseObject(text);
  if (fields === undefined) return { why: 'unreadable' };
  if (fields['v'] !== FORMAT_VERSION) return { why: 'unknown-version', version: fields['v'] };
  if (typeof fields['from'] !== 'string') return { why: 'unreadable' };
  const from = fields['from'] as NodeId;
  const message = nodeMessageIn(fields, from) ?? messageIn(fields);
  return message === undefined ? { why: 'unreadable' } : { from, message };
}

/** The field names are the wire format and must not change. */
function wireFields(message: BusMessage): Json {
  if (message.type === 'mail') return { say: 'mail', realm: message.realm, id: message.id };
  if (message.type === 'superseded') {
    return { say: 'superseded', realm: message.realm, id: message.id, connection: message.connection };
  }
  if (message.type === 'request' || message.type === 'response') {
    return { say: message.type, number: message.number, text: message.text };
  }
  const { publication: published } = message;
  const { extra } = published;
  const publication = {
    ...{
      id: published.id,
      topics: published.topics,
      payload: Buffer.from(published.payload).toString('base64'),
      type: published.type,
    },
    ...{ retry: published.retry, isPrivate: published.isPrivate, from: published.from, form: published.form },
    retain: published.retain && { lifetime: published.retain.lifetime === NEVER ? undefined : published.retain.lifetime },
    extra: extra && { dialect: extra.dialect, bytes: Buffer.from(extra.bytes).toString('base64') },
  };
  const { realm, space, keepsHistory, servedGroups: served } = message;
  return { say: 'publication', realm, space, remembers: keepsHistory, served, publication };
}

/** T12. A form that this node does not know makes a message unreadable. */
const FORMS: readonly (PayloadForm | undefined)[] = [undefined, 'text', 'bytes', 'json', 'extra'];

type Json = Readonly<Record<string, unknown>>;

function nodeMessageIn(fields: Json, from: NodeId): NodeMessage | undefined {
  const [type, number, text] = [fields['say'], fields['number'], fields['text']];
  if ((type !== 'request' && type !== 'response') || typeof number !== 'number' || typeof text !== 'string') return undefined;
  return { type, from, number, text };
}

function messageIn(fields: Json): BusMessage | undefined {
  const [kind, key, peer, number] = [fields['say'], fields['realm'], fields['id'], fields['connection']];
  if (typeof key !== 'string') return undefined;
  const realm = key as RealmKey;
  if (kind === 'mail' && typeof peer === 'string') return { type: 'mail', realm, id: peer as PeerId };
  if (kind === 'superseded' && typeof peer === 'string' && typeof number === 'number') {
    return { type: 'superseded', realm, id: peer as PeerId, connection: number as ConnectionId };
  }
  return kind === 'publication' ? publicationIn(fields, realm) : undefined;
}

function publicationIn(fields: Json, realm: RealmKey): BusMessage | undefined {
  const [space, keepsHistory, inner] = [fields['space'], fields['remembers'], fields['publication']];
  if (typeof space !== 'string' || typeof keepsHistory !== 'boolean' || !isObject(inner)) return undefined;
  const [id, payload, isPrivate] = [inner['id'], inner['payload'], inner['isPrivate']];
  const [topics, type, retry, from] = [inner['topics'], inner['type'], inner['retry'], inner['from']];
  const form = FORMS.find((one) => one === inner['form']);
  if (form !== inner['form']) return undefined;
  if (typeof id !== 'string' || typeof payload !== 'string' || typeof isPrivate !== 'boolean') return undefined;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) return undefined;
  const publication = {
    ...{ id, topics: topics as TopicName[], payload: Buffer.from(payload, 'base64'), isPrivate },
    form,
    type: typeof type === 'string' ? type : undefined,
    retry: typeof retry === 'number' ? retry : undefined,
    from: typeof from === 'string' ? (from as PeerId) : undefined,
    extra: extraIn(inner['extra']),
    retain: retentionIn(inner['retain']),
  };
  const served: unknown = fields['served'];
  const servedGroups = Array.isArray(served) ? served.filter((name) => typeof name === 'string') : undefined;
  return { type: 'publication', realm, space, keepsHistory, publication, servedGroups };
}

/** T17. */
function retentionIn(value: unknown): Retention | undefined {
  if (!isObject(value)) return undefined;
  const { lifetime } = value;
  return { lifetime: typeof lifetime === 'number' && lifetime >= 0 ? lifetime : NEVER };
}

/** T13. A publication with an extra that this node can't read is delivered without it. */
function extraIn(value: unknown): WireExtra | undefined {
  if (!isObject(value)) return undefined;
  const [dialect, bytes] = [value['dialect'], value['bytes']];
  return typeof dialect === 'string' && typeof bytes === 'string' ? { dialect, bytes: Buffer.from(bytes, 'base64') } : undefined;
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
