import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpObservation } from '../target.ts';
import { codeOf, settled } from './timing.ts';

const MAX_BODY_BYTES = 65_536;

/** One GET on a connection of its own. D1 reports certificates, so they are not checked again. */
export async function get(url: URL, timeout: number, headers: Readonly<Record<string, string>> = {}): Promise<HttpObservation> {
  const start = performance.now();
  const took = (): number => Math.round(performance.now() - start);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const options = { headers: { 'user-agent': 'signalbox-doctor', ...headers }, agent: false, rejectUnauthorized: false };
  const outgoing = send(url, options);
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => outgoing.once('response', resolve).on('error', reject));
    outgoing.end();
    const incoming = await settled(timeout, answered);
    const body = await settled(timeout, bodyOf(incoming));
    return { status: incoming.statusCode ?? 0, headers: pairs(incoming.rawHeaders), body, took: took() };
  } catch (error) {
    return { error: codeOf(error), status: 0, headers: [], body: '', took: took() };
  } finally {
    outgoing.destroy();
  }
}

/** Browsers accept compression, which makes some proxies buffer. */
const STREAM_HEADERS = { accept: 'text/event-stream', 'accept-encoding': 'gzip' };

/** Counts the events of a stream. @returns the milliseconds from the first event to the last, if all arrived. */
export async function observeEvents(
  url: URL,
  count: number,
  timeout: number,
): Promise<{ status: number; spread: number | undefined }> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outgoing = send(url, { headers: STREAM_HEADERS, agent: false, rejectUnauthorized: false });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => outgoing.once('response', resolve).on('error', reject));
    outgoing.end();
    const incoming = await settled(timeout, answered);
    const times: number[] = [];
    for await (const chunk of withTimeout(decompressed(incoming), timeout)) {
      const events = chunk.toString().split('\n\n').length - 1;
      for (let event = 0; event < events; event++) times.push(performance.now());
    }
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    return { status: incoming.statusCode ?? 0, spread: times.length === count ? last - first : undefined };
  } catch (error) {
    return { status: codeOf(error) === 'ETIMEDOUT' ? 200 : 0, spread: undefined };
  } finally {
    outgoing.destroy();
  }
}

function decompressed(incoming: IncomingMessage): Readable {
  return incoming.headers['content-encoding'] === 'gzip' ? incoming.pipe(createGunzip()) : incoming;
}

async function* withTimeout(incoming: Readable, timeout: number): AsyncGenerator<Buffer> {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  for (;;) {
    const next: IteratorResult<Buffer, undefined> = await settled(timeout, chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, place) => (place % 2 === 0 ? [[name.toLowerCase(), raw[place + 1] ?? ''] as [string, string]] : []));
}
