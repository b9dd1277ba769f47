import type { Credentials, HttpAsk, HttpHead, HttpRoute } from '../../../application/ports/requests.ts';
import { refusingMessage } from './xhr-answers.ts';
import type { Decoder } from './decode.ts';
import { decoded } from './routes.ts';

const STREAM = 'id';
const MESSAGES: readonly string[] = ['offer', 'answer', 'candidate', 'leave'];
const POSTING: readonly string[] = ['POST'];

/** Chromium tells no progress of what it might be asked to save or to show. */
const HEADERS = [
  ['content-type', 'application/octet-stream'],
  ['cache-control', 'no-store, no-transform'],
  ['x-accel-buffering', 'no'],
  ['x-content-type-options', 'nosniff'],
] as const;

/** What the first clients ask for beside their socket, under one prefix (X2, X6). */
export class XhrRoutes {
  readonly #prefix: string;
  readonly #decoder: Decoder;
  readonly #maxBodyBytes: number;

  /** @param prefix begins and ends with a slash. */
  constructor(prefix: string, decoder: Decoder, maxBodyBytes: number) {
    this.#prefix = prefix;
    this.#decoder = decoder;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** `{key}/{id}/{token}/id`, and the same with a kind of message. */
  find(path: string): HttpRoute | undefined {
    if (!path.startsWith(this.#prefix)) return undefined;
    const [key, id, token, what, ...rest] = path.slice(this.#prefix.length).split('/');
    const credentials = { key: decoded(key), id: decoded(id), token: decoded(token) };
    if (rest.length > 0 || what === undefined || Object.values(credentials).includes(undefined)) return undefined;
    if (what === STREAM) return { methods: POSTING, ask: () => openStream(credentials) };
    if (MESSAGES.includes(what)) return { methods: POSTING, ask: (head) => this.#readMessage(head, what, credentials) };
    return undefined;
  }

  /** X6: `leave` may come without a body. */
  #readMessage(_: HttpHead, what: string, credentials: Credentials): HttpAsk {
    const then = (body: Uint8Array): HttpAsk => {
      if (what === 'leave' && body.length === 0) return { ask: 'say', ...credentials, request: { ask: 'leave' } };
      const request = this.#decoder.decode(body, true);
      const kind = request.ask === 'relay' ? request.kind : request.ask;
      return kind === what ? { ask: 'say', ...credentials, request } : refusingMessage(what);
    };
    return { ask: 'read-body', maxBytes: this.#maxBodyBytes, then };
  }
}

function openStream(credentials: Credentials): HttpAsk {
  return { ask: 'open-stream', introduction: { as: 'peer', ...credentials }, head: () => ({ status: 200, headers: HEADERS }) };
}
