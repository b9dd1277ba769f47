import { isUtf8 } from 'node:buffer';
import { EARLIEST } from '../../../domain/history.ts';
import type { Draft } from '../../../domain/topic.ts';
import { readForm, type Form } from './form.ts';

/** The reasons why an update is rejected, with the text for its publisher. */
export const UPDATE_FAULTS = {
  'topic-missing': 'the field topic is missing',
  'not-utf8': 'the form is not UTF-8',
  'too-many-fields': 'the form has too many fields',
  'id-invalid': 'id must have at most 1024 characters, no control characters, and must not begin with # or be earliest',
  'type-invalid': 'type must have no control characters',
  'retry-invalid': 'retry must be a whole number of milliseconds with at most 9 digits',
} as const;

export type UpdateFault = keyof typeof UPDATE_FAULTS;

// MER3: C0, DEL and C1.
const CONTROL = /\p{Cc}/u;
const MAX_ID_LENGTH = 1024;
const MAX_OTHER_FIELDS = 100;
const MAX_RETRY_DIGITS = 9;

/** MER3: reads a form. Topics may also be in the query, as Peerix sends them. @param maxTopics of one publication. */
export function parseUpdate(body: Uint8Array, query: string, maxTopics: number): Draft | UpdateFault {
  if (!isUtf8(body)) return 'not-utf8';
  const form = readForm(body, maxTopics + MAX_OTHER_FIELDS);
  if (form === undefined) return 'too-many-fields';
  const ownTopics = (form.get('topic') ?? []).map(String);
  const topics = [...new Set([...ownTopics, ...new URLSearchParams(query).getAll('topic')])];
  const [id, type, retry] = [nonEmptyField(form, 'id'), nonEmptyField(form, 'type'), nonEmptyField(form, 'retry')];
  if (topics.length === 0) return 'topic-missing';
  if (id !== undefined && isReserved(id)) return 'id-invalid';
  if (type !== undefined && CONTROL.test(type)) return 'type-invalid';
  if (retry !== undefined && (!/^\d+$/.test(retry) || retry.length > MAX_RETRY_DIGITS)) return 'retry-invalid';
  return {
    topics,
    payload: utf8Of(form.get('data')?.[0]),
    id,
    type,
    retry: retry === undefined ? undefined : Number(retry),
    isPrivate: form.has('private'),
  };
}

/** MER3: reserved ids, and ids that would not fit in an event line or a header. */
function isReserved(id: string): boolean {
  return id.startsWith('#') || id === EARLIEST || id.length > MAX_ID_LENGTH || CONTROL.test(id);
}

/** An empty field is treated as absent. */
function nonEmptyField(form: Form, name: string): string | undefined {
  return form.get(name)?.[0]?.toString() || undefined;
}

/** Escapes may contain any bytes. Those that are no UTF-8 become replacement characters, as in browsers. */
function utf8Of(bytes: Buffer = Buffer.alloc(0)): Uint8Array {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString());
}
