import type { TopicEvent } from '../../../domain/topic.ts';

const LINE_END = /\r\n|\r|\n/;

/** MER9: a comment, which an EventSource ignores. */
export const COMMENT = Buffer.from(':\n');

/** MER4: a publication as an event. Each line of its data is one `data` line, so that a line end can't end the event. */
export function encodeEvent(event: TopicEvent): Uint8Array | undefined {
  if (event.event !== 'publication') return undefined;
  const { id, type, retry, payload } = event.publication;
  const lines = [`id: ${id}`];
  if (type !== undefined) lines.push(`event: ${type}`);
  if (retry !== undefined) lines.push(`retry: ${retry}`);
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
  for (const line of text.split(LINE_END)) lines.push(`data: ${line}`);
  return Buffer.from(`${lines.join('\n')}\n\n`);
}
