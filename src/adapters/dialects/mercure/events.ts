import type { TopicEvent } from '../../../domain/topic.ts';
import { textOf } from '../shared/payload-forms.ts';

const LINE_END = /\r\n|\r|\n/;

/** MER9: a comment, which an EventSource ignores. */
export const COMMENT = Buffer.from(':\n');

/**
 * MER4, T12: a publication as an event. Each line of its data is one `data` line, so that a line end can't end the event.
 * Undefined for JSON that is not a list of byte numbers.
 */
export function encodeEvent(event: TopicEvent): Uint8Array | undefined {
  if (event.event !== 'publication') return undefined;
  const { id, type, retry } = event.publication;
  const text = textOf(event.publication);
  if (text === undefined) return undefined;
  const lines = [`id: ${id}`];
  if (type !== undefined) lines.push(`event: ${type}`);
  if (retry !== undefined) lines.push(`retry: ${retry}`);
  for (const line of text.split(LINE_END)) lines.push(`data: ${line}`);
  return Buffer.from(`${lines.join('\n')}\n\n`);
}
