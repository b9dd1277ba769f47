import { isUtf8 } from 'node:buffer';
import { EARLIEST } from '../../../domain/history.ts';
import type { Draft } from '../../../domain/topic.ts';

/** What is wrong with what somebody wants to publish. */
export type UpdateFault = 'no topic' | 'no UTF-8' | 'too many fields' | 'bad id' | 'bad type' | 'bad retry';

// MER3: C0, DEL and C1.
const CONTROL = /\p{Cc}/u;
const MAX_ID_LENGTH = 1024;
const MAX_OTHER_FIELDS = 100;
const AMPERSAND = 0x26;
const MAX_RETRY_DIGITS = 9;

/** MER3: reads a form. Peerix says the topic in the query, too. @param maxTopics of one publication. */
export function parseUpdate(body: Uint8Array, query: string, maxTopics: number): Draft | UpdateFault {
  if (!isUtf8(body)) return 'no UTF-8';
  if (countFields(body) > maxTopics + MAX_OTHER_FIELDS) return 'too many fields';
  const form = new URLSearchParams(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
  const topics = [...new Set([...form.getAll('topic'), ...new URLSearchParams(query).getAll('topic')])];
  const [id, type, retry] = [nonEmptyField(form, 'id'), nonEmptyField(form, 'type'), nonEmptyField(form, 'retry')];
  if (topics.length === 0) return 'no topic';
  if (id !== undefined && isReserved(id)) return 'bad id';
  if (type !== undefined && CONTROL.test(type)) return 'bad type';
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

/** MER3: ids of other meanings, and ids that fit no line or header. */
function isReserved(id: string): boolean {
  return id.startsWith('#') || id === EARLIEST || id.length > MAX_ID_LENGTH || CONTROL.test(id);
}

/** Reading a form costs what it has of them. */
function countFields(body: Uint8Array): number {
  let count = 1;
  for (let at = body.indexOf(AMPERSAND); at >= 0; at = body.indexOf(AMPERSAND, at + 1)) count += 1;
  return count;
}

/** What is empty is as good as absent. */
function nonEmptyField(form: URLSearchParams, name: string): string | undefined {
  return form.get(name) || undefined;
}
