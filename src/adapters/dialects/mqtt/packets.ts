import { FieldReader } from './fields.ts';
import { isFilter, isName, isShared } from './filters.ts';
import type { RawPacket } from './packet-stream.ts';
import { ALLOWED, PROPERTIES, readProperties, type Properties } from './properties.ts';
import { REASONS } from './reasons.ts';

/** MQ4: 4 is 3.1.1, and 5 is 5.0. */
export type Version = 4 | 5;

/** MQ3: the types of packets. */
export const TYPES = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

export type Quality = 0 | 1 | 2;

/** MQ14: one entry of SUBSCRIBE. */
export interface FilterRequest {
  readonly filter: string;
  readonly isNoLocal: boolean;
  /** 0: retained publications are told, 1: of new subscriptions only, 2: none. */
  readonly retainHandling: number;
}

/** A packet of a client, with valid fields. Views on the frame. */
export type Packet =
  | { readonly type: 'publish'; readonly message: Message; readonly quality: Quality; readonly id: number }
  | { readonly type: 'pubrel'; readonly id: number }
  | {
      readonly type: 'subscribe';
      readonly id: number;
      readonly filters: readonly FilterRequest[];
      readonly hasIdentifier: boolean;
    }
  | { readonly type: 'unsubscribe'; readonly id: number; readonly filters: readonly string[] }
  | { readonly type: 'pingreq' }
  | { readonly type: 'disconnect'; readonly reason: number }
  /** An acknowledgement that nothing waits for. */
  | { readonly type: 'acknowledgement' };

/** MQ16, MQ21: the content of a publication or of a will. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
  /** Of version 5.0 only. */
  readonly properties: Properties | undefined;
}

const MALFORMED = REASONS.malformed;
const PROTOCOL_ERROR = REASONS.protocolError;

/** MQ3: the flags of a packet that is no PUBLISH. */
const FLAGS_OF: Readonly<Record<number, number>> = { [TYPES.pubrel]: 2, [TYPES.subscribe]: 2, [TYPES.unsubscribe]: 2 };

/** MQ12: reads a packet behind CONNECT. @returns the reason code of 5.0 if it is invalid. */
export function readPacket({ header, body }: RawPacket, version: Version, maxFilters: number): Packet | number {
  const [type, flags] = [header >> 4, header & 15];
  const fields = new FieldReader(body);
  if (type === TYPES.publish) return readPublish(fields, flags, version);
  if (flags !== (FLAGS_OF[type] ?? 0)) return MALFORMED;
  switch (type) {
    case TYPES.puback:
    case TYPES.pubrec:
    case TYPES.pubrel:
    case TYPES.pubcomp:
      return readAcknowledgement(fields, type, version);
    case TYPES.subscribe:
      return readSubscribe(fields, version, maxFilters);
    case TYPES.unsubscribe:
      return readUnsubscribe(fields, version, maxFilters);
    case TYPES.pingreq:
      return body.length === 0 ? { type: 'pingreq' } : MALFORMED;
    case TYPES.disconnect:
      return readDisconnect(fields, version);
    default:
      return PROTOCOL_ERROR;
  }
}

function readPublish(fields: FieldReader, flags: number, version: Version): Packet | number {
  const quality = (flags >> 1) & 3;
  const isRetained = (flags & 1) === 1;
  const isDuplicate = (flags & 8) === 8;
  if (!isQuality(quality) || (isDuplicate && quality === 0)) return MALFORMED;
  const topic = fields.text();
  const id = quality === 0 ? 0 : fields.uint16();
  const properties = version === 5 && !fields.isBroken ? readProperties(fields, ALLOWED.publish) : undefined;
  if (typeof properties === 'number') return properties;
  if (fields.isBroken) return MALFORMED;
  if (quality > 0 && id === 0) return PROTOCOL_ERROR;
  if (properties?.values.has(PROPERTIES.topicAlias) === true) return REASONS.topicAlias;
  if (!isName(topic) || !hasValidResponse(properties)) return PROTOCOL_ERROR;
  const message = { topic, payload: fields.bytes(fields.left), isRetained, properties };
  return { type: 'publish', message, quality, id };
}

/** MQ22: a response topic is a name. */
export function hasValidResponse(properties: Properties | undefined): boolean {
  const topic = properties?.values.get(PROPERTIES.responseTopic);
  return typeof topic !== 'string' || isName(topic);
}

function readAcknowledgement(fields: FieldReader, type: number, version: Version): Packet | number {
  const id = fields.uint16();
  if (fields.isBroken || id === 0) return MALFORMED;
  if (version === 5 && fields.left > 0) {
    fields.byte();
    const properties = fields.left > 0 ? readProperties(fields, ALLOWED.acknowledgement) : undefined;
    if (typeof properties === 'number') return properties;
  }
  if (!fields.isComplete) return MALFORMED;
  return type === TYPES.pubrel ? { type: 'pubrel', id } : { type: 'acknowledgement' };
}

function readSubscribe(fields: FieldReader, version: Version, maxFilters: number): Packet | number {
  const id = fields.uint16();
  const properties = version === 5 ? readProperties(fields, ALLOWED.subscribe) : undefined;
  if (typeof properties === 'number') return properties;
  const filters: FilterRequest[] = [];
  while (fields.left > 0) {
    if (filters.length === maxFilters) return REASONS.quota;
    const filter = fields.text();
    const options = fields.byte();
    const [quality, retainHandling] = [options & 3, (options >> 4) & 3];
    const isNoLocal = (options & 4) === 4;
    const reserved = version === 5 ? 0xc0 : 0xfc;
    if (fields.isBroken || !isFilter(filter) || quality === 3 || (options & reserved) !== 0) return MALFORMED;
    if (retainHandling === 3 || (isNoLocal && isShared(filter))) return PROTOCOL_ERROR;
    filters.push({ filter, isNoLocal, retainHandling });
  }
  if (!fields.isComplete || id === 0 || filters.length === 0) return MALFORMED;
  return { type: 'subscribe', id, filters, hasIdentifier: properties?.values.has(PROPERTIES.subscriptionId) === true };
}

function readUnsubscribe(fields: FieldReader, version: Version, maxFilters: number): Packet | number {
  const id = fields.uint16();
  const properties = version === 5 ? readProperties(fields, ALLOWED.unsubscribe) : undefined;
  if (typeof properties === 'number') return properties;
  const filters: string[] = [];
  while (fields.left > 0) {
    if (filters.length === maxFilters) return REASONS.quota;
    const filter = fields.text();
    if (fields.isBroken || !isFilter(filter)) return MALFORMED;
    filters.push(filter);
  }
  return !fields.isComplete || id === 0 || filters.length === 0 ? MALFORMED : { type: 'unsubscribe', id, filters };
}

function readDisconnect(fields: FieldReader, version: Version): Packet | number {
  if (version === 4 || fields.left === 0) return fields.isComplete ? { type: 'disconnect', reason: 0 } : MALFORMED;
  const reason = fields.byte();
  const properties = fields.left > 0 ? readProperties(fields, ALLOWED.disconnect) : undefined;
  if (typeof properties === 'number') return properties;
  return fields.isComplete ? { type: 'disconnect', reason } : MALFORMED;
}

function isQuality(value: number): value is Quality {
  return value <= 2;
}
