import type { Member } from '../../../domain/member.ts';
import type { Publication } from '../../../domain/topic.ts';
import { bytesOf, listOf } from '../shared/payload-forms.ts';
import { ownBroadcast, PEERIX_EVENT, type Broadcast } from './broadcasts.ts';
import { channelTopic, isTooLong } from './channel-names.ts';
import type { FrameHead, Version } from './client-frames.ts';

/** SB9: the kind of a broadcast to a client. */
const BROADCAST = 4;

/** SB2: a message to a client. */
export function message(
  { version, joinRef, ref, topic }: FrameHead,
  event: string,
  payload: Readonly<Record<string, unknown>>,
): Uint8Array {
  if (version === 2) return Buffer.from(JSON.stringify([joinRef, ref, topic, event, payload]));
  return Buffer.from(JSON.stringify({ topic, event, payload, ref, join_ref: joinRef }));
}

/** SB3: the reply to a message with a reference. */
export function okReply(head: FrameHead, response: Readonly<Record<string, unknown>> = {}): Uint8Array {
  return message(head, 'phx_reply', { status: 'ok', response });
}

/** SB5. */
export function errorReply(head: FrameHead, reason: string): Uint8Array {
  return message(head, 'phx_reply', { status: 'error', response: { reason } });
}

/** SB6: the end of a channel. */
export function closeMessage(head: FrameHead): Uint8Array {
  return message({ ...head, ref: head.joinRef }, 'phx_close', {});
}

/** SB12. */
export function systemError(head: FrameHead, channel: string, text: string): Uint8Array {
  return message({ ...head, ref: null }, 'system', { extension: 'system', status: 'error', message: text, channel });
}

/**
 * SB9, T12: a publication. Undefined for a payload or a topic that the wire can't express.
 * @param name of the channel, without `realtime:`.
 */
export function push(version: Version, name: string, publication: Publication): Uint8Array | undefined {
  const topic = channelTopic(name);
  if (isTooLong(topic)) return undefined;
  const own = ownBroadcast(publication);
  if (own !== undefined) return own.isJson ? textPush(version, topic, own) : binaryPush(version, topic, own);
  const bytes = bytesOf(publication);
  if (bytes === undefined) return undefined;
  const payload = Buffer.concat([Buffer.from(`[${JSON.stringify(publication.topics[0])},`), listOf(bytes), Buffer.from(']')]);
  return textPush(version, topic, { event: PEERIX_EVENT, isJson: true, payload });
}

/** SB13: all members of a channel. */
export function presenceState(version: Version, name: string, members: Iterable<Member>): Uint8Array {
  return written(version, channelTopic(name), 'presence_state', [metasByKey(members)]);
}

/** SB13. */
export function presenceDiff(version: Version, name: string, joins: readonly Member[], leaves: readonly Member[]): Uint8Array {
  const parts = [OPEN_JOINS, metasByKey(joins), OPEN_LEAVES, metasByKey(leaves), CLOSE];
  return written(version, channelTopic(name), 'presence_diff', parts);
}

const [OPEN_JOINS, OPEN_LEAVES, CLOSE] = [Buffer.from('{"joins":'), Buffer.from(',"leaves":'), Buffer.from('}')];

/** SB13: members by key. The reference of the broker is the last member of its object, so that it counts. */
function metasByKey(members: Iterable<Member>): Uint8Array {
  const byKey = new Map<string, Member[]>();
  for (const member of members) {
    const others = byKey.get(member.key);
    if (others === undefined) byKey.set(member.key, [member]);
    else others.push(member);
  }
  const parts: Uint8Array[] = [];
  for (const [key, group] of byKey) {
    parts.push(Buffer.from(`${parts.length === 0 ? '{' : ','}${JSON.stringify(key)}:{"metas":[`));
    for (const [at, { ref, payload }] of group.entries()) {
      const [begin, hasMembers] = payload === undefined ? [EMPTY, false] : openObject(payload);
      if (at > 0) parts.push(COMMA);
      parts.push(begin, Buffer.from(`${hasMembers ? ',' : ''}"phx_ref":${JSON.stringify(ref)}}`));
    }
    parts.push(Buffer.from(']}'));
  }
  parts.push(Buffer.from(parts.length === 0 ? '{}' : '}'));
  return Buffer.concat(parts);
}

const [EMPTY, COMMA] = [Buffer.from('{'), Buffer.from(',')];
const [OPEN_OBJECT, CLOSE_OBJECT, LAST_BLANK] = [0x7b, 0x7d, 0x20];

/** An object without its last bracket, and whether it has members. T12: any other value is an empty object. */
function openObject(json: Uint8Array): [begin: Uint8Array, hasMembers: boolean] {
  if (json[0] !== OPEN_OBJECT) return [EMPTY, false];
  const end = json.lastIndexOf(CLOSE_OBJECT);
  return [json.subarray(0, end), json.subarray(1, end).some((byte) => byte > LAST_BLANK)];
}

function textPush(version: Version, topic: string, { event, payload }: Broadcast): Uint8Array {
  const begin = Buffer.from(`{"type":"broadcast","event":${JSON.stringify(event)},"payload":`);
  return written(version, topic, 'broadcast', [begin, payload, CLOSE]);
}

/** SB2: a message without references, whose payload is JSON in parts. */
function written(version: Version, topic: string, event: string, payload: readonly Uint8Array[]): Uint8Array {
  const begin =
    version === 2
      ? `[null,null,${JSON.stringify(topic)},"${event}",`
      : `{"topic":${JSON.stringify(topic)},"event":"${event}","payload":`;
  return Buffer.concat([Buffer.from(begin), ...payload, Buffer.from(version === 2 ? ']' : ',"ref":null,"join_ref":null}')]);
}

/** SB9: `04`, three lengths and the encoding, then the texts and the payload. Version 1.0.0 has no bytes. */
function binaryPush(version: Version, topic: string, { event, payload }: Broadcast): Uint8Array | undefined {
  if (version === 1) return undefined;
  const [name, text] = [Buffer.from(topic), Buffer.from(event)];
  return Buffer.concat([Uint8Array.of(BROADCAST, name.length, text.length, 0, 0), name, text, payload]);
}
