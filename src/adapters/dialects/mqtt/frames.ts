import { MAX_NAME_BYTES } from './filters.ts';
import { textField, variableNumber } from './fields.ts';
import { TYPES, type Version } from './packets.ts';
import { PROPERTIES } from './properties.ts';
import { REASONS } from './reasons.ts';

/** MQ10. */
export const PINGRESP = Uint8Array.of(TYPES.pingresp << 4, 0);

const NOTHING = new Uint8Array();

/** A packet: type and flags, length, content. */
function packet(header: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.of(header, ...variableNumber(length)), ...parts]);
}

/** MQ5, MQ6: session present is 0, because no subscription is kept. */
export function connack3(code: number): Uint8Array {
  return packet(TYPES.connack << 4, Uint8Array.of(0, code));
}

/** MQ5, MQ6, MQ9. @param properties each with its identifier. */
export function connack5(reason: number, properties: readonly Uint8Array[]): Uint8Array {
  const length = properties.reduce((sum, property) => sum + property.length, 0);
  return packet(TYPES.connack << 4, Uint8Array.of(0, reason, ...variableNumber(length)), ...properties);
}

/** MQ9: a property with its identifier. A text has at most 65,535 bytes. */
export function property(id: number, value: number | string): Uint8Array {
  if (typeof value === 'string') return Buffer.concat([Uint8Array.of(id), textField(value)]);
  const isByte = id === PROPERTIES.retainAvailable || id === PROPERTIES.identifiersAvailable;
  const number = isByte ? Uint8Array.of(value) : id === PROPERTIES.serverKeepAlive ? uint16(value) : uint32(value);
  return Buffer.concat([Uint8Array.of(id), number]);
}

/** MQ16: PUBACK, PUBREC, PUBCOMP. @param reason of version 5.0 only. */
export function acknowledgement(
  type: 'puback' | 'pubrec' | 'pubcomp',
  id: number,
  version: Version,
  reason: number = REASONS.success,
): Uint8Array {
  const hasReason = version === 5 && reason !== REASONS.success;
  return packet(TYPES[type] << 4, uint16(id), hasReason ? Uint8Array.of(reason) : NOTHING);
}

const FAILURE_3 = 0x80;

/** MQ14: codes of version 5.0. In version 3.1.1, all refusals are the same. */
export function suback(id: number, version: Version, codes: readonly number[]): Uint8Array {
  const told = version === 5 ? codes : codes.map((code) => (code < FAILURE_3 ? code : FAILURE_3));
  return packet(TYPES.suback << 4, uint16(id), version === 5 ? Uint8Array.of(0) : NOTHING, Uint8Array.from(told));
}

/** MQ15. */
export function unsuback(id: number, version: Version, codes: readonly number[]): Uint8Array {
  return packet(TYPES.unsuback << 4, uint16(id), version === 5 ? Uint8Array.of(0, ...codes) : NOTHING);
}

/** MQ11: version 5.0 only. */
export function disconnect(reason: number): Uint8Array {
  return packet(TYPES.disconnect << 4, Uint8Array.of(reason));
}

const RETAIN = 1;

/**
 * MQ18: PUBLISH with QoS 0, in one buffer.
 * @param properties MQ22: undefined in version 3.1.1.
 */
export function publish(
  topic: string,
  payload: Uint8Array,
  isRetained: boolean,
  properties: Uint8Array | undefined,
): Uint8Array | undefined {
  const topicBytes = Buffer.byteLength(topic);
  if (topicBytes > MAX_NAME_BYTES) return undefined;
  const propertyLength = properties === undefined ? [] : variableNumber(properties.length);
  const length = 2 + topicBytes + propertyLength.length + (properties?.length ?? 0) + payload.length;
  const head = variableNumber(length);
  const frame = Buffer.allocUnsafe(1 + head.length + length);
  let at = 0;
  frame[at++] = (TYPES.publish << 4) + (isRetained ? RETAIN : 0);
  for (const digit of head) frame[at++] = digit;
  at = frame.writeUInt16BE(topicBytes, at);
  at += frame.write(topic, at);
  for (const digit of propertyLength) frame[at++] = digit;
  if (properties !== undefined) frame.set(properties, at);
  frame.set(payload, at + (properties?.length ?? 0));
  return frame;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

function uint32(value: number): Uint8Array {
  const field = Buffer.allocUnsafe(4);
  field.writeUInt32BE(value, 0);
  return field;
}
