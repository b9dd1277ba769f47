import type { IncomingMessage } from 'node:http';
import { invalid, Problem } from './problems.ts';

const MAX_BYTES = 8 * 1024;
const TOO_LARGE = new Problem({ status: 413, code: 'body-too-large', detail: `The body may have ${MAX_BYTES} bytes` });

/** ADM13: reads a body of at most 8 KiB. @throws Problem. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw TOO_LARGE;
      chunks.push(chunk);
    }
  } catch (error) {
    // The client has ended the request, so that this is no fault of the listener.
    throw error instanceof Problem ? error : invalid('The body is incomplete');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** ADM13: the request takes its parameters from the query. @throws Problem if it has a body, which would be ignored. */
export function refuseBody({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (length !== '0' || encoding !== undefined) throw invalid('The request takes parameters in its query, and no body');
}

/** A body that is a JSON object. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBody(request);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('The body must be a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The body is not JSON');
  }
}
