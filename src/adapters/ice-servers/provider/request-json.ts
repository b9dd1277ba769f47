import { ProviderError } from './provider-error.ts';

export interface JsonRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request and parses its answer. @throws ProviderError */
export type RequestJson = (request: JsonRequest, signal: AbortSignal) => Promise<unknown>;

/** Answers have a few kilobytes, and clients receive most of an answer. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** I11: does not follow redirects, because these could send the secret to another host. */
export const requestJson: RequestJson = async ({ url, ...init }, signal) => {
  const response = await fetch(url, { ...init, redirect: 'manual', signal }).catch(fail);
  if (!response.ok) {
    await response.body?.cancel();
    throw new ProviderError(`it answered ${response.status}`);
  }
  return parsed(await textOf(response).catch(fail));
};

async function textOf(response: Response): Promise<string> {
  const body = (response.body ?? []) as AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new ProviderError(`its answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProviderError('its answer is not JSON');
  }
}

/** The message of an error of `fetch` may contain the URL, and so a secret. Its code does not. */
function fail(error: unknown): never {
  if (error instanceof ProviderError) throw error;
  const { cause } = error as { cause?: { code?: unknown } | undefined };
  throw new ProviderError(typeof cause?.code === 'string' ? `no connection: ${cause.code}` : 'no connection');
}
