import { isUtf8 } from 'node:buffer';
import type { FrameRequest } from '../../../application/ports/requests.ts';

const UNREADABLE: FrameRequest = { action: 'malformed' };

/** Requests without arguments. */
const WORDS: ReadonlyMap<unknown, FrameRequest> = new Map<unknown, FrameRequest>([
  ['unknown', { action: 'ignore', why: 'not-relayed' }],
  ['forbidden', { action: 'ignore', why: 'not-allowed' }],
  ['stay', { action: 'heartbeat' }],
  ['leave', { action: 'leave' }],
]);

/** SIO1 to SIO3, SIO6: reads one line. Does not throw. */
export function readLine(bytes: Uint8Array, isBinary: boolean): FrameRequest {
  const line = isBinary && !isUtf8(bytes) ? undefined : listIn(bytes);
  if (line === undefined) return UNREADABLE;
  const [verb, namespace, ...rest] = line;
  const asked = WORDS.get(verb);
  if (asked !== undefined) return asked;
  if (typeof namespace !== 'string') return UNREADABLE;
  const selectors = [{ topic: namespace }];
  if (verb === 'subscribe') return { action: 'join-topics', selectors, receipt: numberIn(rest[0]) };
  if (verb === 'unsubscribe') return { action: 'leave-topics', selectors, receipt: numberIn(rest[0]) };
  const [data, receipt] = rest;
  if (verb !== 'publish' || typeof data !== 'string') return UNREADABLE;
  const draft = { topics: [namespace], payload: Buffer.from(data) };
  return { action: 'publish', draft, echo: false, receipt: numberIn(receipt) };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function listIn(bytes: Uint8Array): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
