/** The response of a key set URL. */
export interface FetchedKeySet {
  readonly text: string;
  /** The header `cache-control`; empty without one. */
  readonly cacheControl: string;
}

/** Fetches a key set. Rejects with an Error whose message is for the log. */
export type FetchKeySet = (url: string, signal: AbortSignal) => Promise<FetchedKeySet>;

export const MAX_KEY_SET_BYTES = 64 * 1024;

/** A10: without redirects and credentials. Counts the bytes after decompression. */
export const fetchKeySet: FetchKeySet = async (url, signal) => {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const response = await fetch(url, { headers, signal, redirect: 'manual', credentials: 'omit' });
  const { status, body } = response;
  if (status !== 200 || body === null) {
    await body?.cancel();
    throw new Error(`it responded ${status}`);
  }
  return { text: await textOf(body), cacheControl: response.headers.get('cache-control') ?? '' };
};

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by an error cancels the body.
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_KEY_SET_BYTES) throw new Error(`its response has more than ${MAX_KEY_SET_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
