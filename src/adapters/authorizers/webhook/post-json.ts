import { BackendError } from '../shared/backend.ts';

export interface JsonPost {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a request and parses its answer. @throws BackendError */
export type PostJson = (post: JsonPost, signal: AbortSignal) => Promise<unknown>;

/** An answer has a few hundred bytes. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** A9: does not follow redirects, because these could send tokens to another host. Connections stay open for later requests. */
export const postJson: PostJson = async ({ url, headers, body }, signal) => {
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal }).catch(fail);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new BackendError(`status ${response.status} in place of 200`);
  }
  return parsed(await textOf(response.body ?? []).catch(fail));
};

async function textOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new BackendError(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BackendError('the answer is no JSON');
  }
}

/** The message of an error of `fetch` may contain the URL. Its code does not. */
function fail(error: unknown): never {
  if (error instanceof BackendError) throw error;
  const { cause } = error as { cause?: { code?: unknown } | undefined };
  throw new BackendError(typeof cause?.code === 'string' ? `no connection: ${cause.code}` : 'no connection');
}
