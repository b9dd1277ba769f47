import { isUtf8 } from 'node:buffer';
import type { FrameRequest } from '../../../application/ports/requests.ts';

const MALFORMED: FrameRequest = { action: 'malformed' };

/** Requests without arguments. */
const SIMPLE_REQUESTS: ReadonlyMap<unknown, FrameRequest> = new Map<unknown, FrameRequest>([
  ['unknown', { action: 'ignore', why: 'not-relayed' }],
  ['forbidden', { action: 'ignore', why: 'not-allowed' }],
  ['stay', { action: 'heartbeat' }],
  ['leave', { action: 'leave' }],
]);

/** SIO1 to SIO3, SIO6: reads one line. Does not throw. */
export function readLine(bytes: Uint8Array, isBinary: boolean): FrameRequest {
  const line = isBinary && !isUtf8(bytes) ? undefined : parseList(bytes);
  if (line === undefined) return MALFORMED;
  const [verb, namespace, ...rest] = line;
  const request = SIMPLE_REQUESTS.get(verb);
  if (request !== undefined) return request;
  if (typeof namespace !== 'string') return MALFORMED;
  const selectors = [{ topic: namespace }];
  if (verb === 'subscribe') return { action: 'join-topics', selectors, receipt: asNumber(rest[0]) };
  if (verb === 'unsubscribe') return { action: 'leave-topics', selectors, receipt: asNumber(rest[0]) };
  const [data, receipt] = rest;
  if (verb !== 'publish' || typeof data !== 'string') return MALFORMED;
  const draft = { topics: [namespace], payload: Buffer.from(data) };
  return { action: 'publish', draft, echo: false, receipt: asNumber(receipt) };
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function parseList(bytes: Uint8Array): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
