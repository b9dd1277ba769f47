import { FieldReader } from './fields.ts';
import { REASONS } from './reasons.ts';

/** MQ9, MQ22: the properties of version 5.0 by name. */
export const PROPERTIES = {
  payloadFormat: 0x01,
  messageExpiry: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  assignedId: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  problemInformation: 0x17,
  willDelay: 0x18,
  responseInformation: 0x19,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maxPacketSize: 0x27,
  identifiersAvailable: 0x29,
} as const;

const P = PROPERTIES;

type Value = number | string | Uint8Array;
type ValueReader = (fields: FieldReader) => Value;

const byte: ValueReader = (fields) => fields.byte();
const uint16: ValueReader = (fields) => fields.uint16();
const uint32: ValueReader = (fields) => fields.uint32();
const text: ValueReader = (fields) => fields.text();
const binary: ValueReader = (fields) => fields.binary();
const pair: ValueReader = (fields) => fields.text() + fields.text();

const READERS: ReadonlyMap<number, ValueReader> = new Map([
  [P.payloadFormat, byte],
  [P.messageExpiry, uint32],
  [P.contentType, text],
  [P.responseTopic, text],
  [P.correlationData, binary],
  [P.subscriptionId, (fields) => fields.variableNumber()],
  [P.sessionExpiry, uint32],
  [P.authenticationMethod, text],
  [P.authenticationData, binary],
  [P.problemInformation, byte],
  [P.willDelay, uint32],
  [P.responseInformation, byte],
  [P.reasonString, text],
  [P.receiveMaximum, uint16],
  [P.topicAliasMaximum, uint16],
  [P.topicAlias, uint16],
  [P.userProperty, pair],
  [P.maxPacketSize, uint32],
]);

/** Flags: 0 or 1. */
const FLAGS: ReadonlySet<number> = new Set([P.payloadFormat, P.problemInformation, P.responseInformation]);
/** Numbers that must not be 0. */
const POSITIVE: ReadonlySet<number> = new Set([P.receiveMaximum, P.maxPacketSize, P.subscriptionId]);

/** MQ22: properties that describe a publication. */
const MESSAGE = [P.payloadFormat, P.messageExpiry, P.contentType, P.responseTopic, P.correlationData, P.userProperty] as const;

/** The properties that a client may send, by packet. */
export const ALLOWED = {
  connect: new Set<number>([
    ...[P.sessionExpiry, P.receiveMaximum, P.maxPacketSize, P.topicAliasMaximum, P.responseInformation],
    ...[P.problemInformation, P.userProperty, P.authenticationMethod, P.authenticationData],
  ]),
  will: new Set<number>([P.willDelay, ...MESSAGE]),
  publish: new Set<number>([P.topicAlias, ...MESSAGE]),
  acknowledgement: new Set<number>([P.reasonString, P.userProperty]),
  subscribe: new Set<number>([P.subscriptionId, P.userProperty]),
  unsubscribe: new Set<number>([P.userProperty]),
  disconnect: new Set<number>([P.sessionExpiry, P.reasonString, P.userProperty]),
} as const;

/** MQ12: user properties of one packet, because each costs time at its arrival and, in a retained publication, at each replay. */
const MAX_USER_PROPERTIES = 256;

/** The properties of one packet. */
export interface Properties {
  /** By identifier. User properties are only in `raw`. */
  readonly values: ReadonlyMap<number, Value>;
  /** All of them as they were sent, without their length. */
  readonly raw: Uint8Array;
}

const NONE: Properties = { values: new Map(), raw: new Uint8Array() };

/** MQ12: reads the properties of a packet. @returns the reason code if they are invalid. */
export function readProperties(fields: FieldReader, allowed: ReadonlySet<number>): Properties | number {
  const length = fields.variableNumber();
  if (length === 0) return fields.isBroken ? REASONS.malformed : NONE;
  const raw = fields.bytes(length);
  const inner = new FieldReader(raw);
  const values = new Map<number, Value>();
  let userProperties = 0;
  while (inner.left > 0) {
    const id = inner.byte();
    const reader = allowed.has(id) ? READERS.get(id) : undefined;
    if (reader === undefined) return REASONS.malformed;
    const value = reader(inner);
    if (inner.isBroken) return REASONS.malformed;
    if (id === P.userProperty) {
      userProperties += 1;
      if (userProperties > MAX_USER_PROPERTIES) return REASONS.quota;
      continue;
    }
    const isOutOfRange = (FLAGS.has(id) && Number(value) > 1) || (POSITIVE.has(id) && value === 0);
    if (isOutOfRange || values.has(id)) return REASONS.protocolError;
    values.set(id, value);
  }
  return fields.isBroken || inner.isBroken ? REASONS.malformed : { values, raw };
}

/** A number among the properties; undefined if it is absent. */
export function numberIn({ values }: Properties, id: number): number | undefined {
  const value = values.get(id);
  return typeof value === 'number' ? value : undefined;
}

/** MQ22: properties whose message expiry is `seconds` less, and at least 1. @param raw valid properties. */
export function withEarlierExpiry(raw: Uint8Array, seconds: number): Uint8Array {
  const fields = new FieldReader(raw);
  while (fields.left > 0) {
    const id = fields.byte();
    const at = raw.length - fields.left;
    const value = READERS.get(id)?.(fields);
    if (id !== P.messageExpiry || typeof value !== 'number') continue;
    const changed = Buffer.from(raw);
    changed.writeUInt32BE(Math.max(1, value - seconds), at);
    return changed;
  }
  return raw;
}
