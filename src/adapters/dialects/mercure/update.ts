import { isUtf8 } from 'node:buffer';
import type { Draft } from '../../../domain/topic.ts';

/** What is wrong with what somebody wants to publish. */
export type UpdateFault = 'no topic' | 'no UTF-8' | 'bad id' | 'bad type' | 'bad retry';

const BREAKS_LINES = /[\r\n\u0000]/;
const MAX_RETRY_DIGITS = 9;

/** MER3: reads a form. Peerix says the topic in the query, too. */
export function updateIn(body: Uint8Array, query: string): Draft | UpdateFault {
  if (!isUtf8(body)) return 'no UTF-8';
  const form = new URLSearchParams(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
  const topics = [...new Set([...form.getAll('topic'), ...new URLSearchParams(query).getAll('topic')])];
  const [id, type, retry] = [given(form, 'id'), given(form, 'type'), given(form, 'retry')];
  if (topics.length === 0) return 'no topic';
  if (id !== undefined && (id.startsWith('#') || BREAKS_LINES.test(id))) return 'bad id';
  if (type !== undefined && BREAKS_LINES.test(type)) return 'bad type';
  if (retry !== undefined && (!/^\d+$/.test(retry) || retry.length > MAX_RETRY_DIGITS)) return 'bad retry';
  return {
    topics,
    payload: Buffer.from(form.get('data') ?? ''),
    id,
    type,
    retry: retry === undefined ? undefined : Number(retry),
    isPrivate: form.has('private'),
  };
}

/** What is empty is as good as absent. */
function given(form: URLSearchParams, name: string): string | undefined {
  return form.get(name) || undefined;
}
