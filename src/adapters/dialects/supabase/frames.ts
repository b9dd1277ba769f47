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

function textPush(version: Version, topic: string, { event, payload }: Broadcast): Uint8Array {
  const inner = `{"type":"broadcast","event":${JSON.stringify(event)},"payload":`;
  const begin =
    version === 2
      ? `[null,null,${JSON.stringify(topic)},"broadcast",`
      : `{"topic":${JSON.stringify(topic)},"event":"broadcast","payload":`;
  const end = version === 2 ? '}]' : '},"ref":null,"join_ref":null}';
  return Buffer.concat([Buffer.from(begin + inner), payload, Buffer.from(end)]);
}

/** SB9: `04`, three lengths and the encoding, then the texts and the payload. Version 1.0.0 has no bytes. */
function binaryPush(version: Version, topic: string, { event, payload }: Broadcast): Uint8Array | undefined {
  if (version === 1) return undefined;
  const [name, text] = [Buffer.from(topic), Buffer.from(event)];
  return Buffer.concat([Uint8Array.of(BROADCAST, name.length, text.length, 0, 0), name, text, payload]);
}
