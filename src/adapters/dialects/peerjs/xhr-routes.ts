import type { Credentials, HttpAction, HttpHead, HttpRoute } from '../../../application/ports/requests.ts';
import { rejectBody } from './xhr-responses.ts';
import type { Decoder } from './decode.ts';
import { decodeSegment } from './routes.ts';

const STREAM_SEGMENT = 'id';
const MESSAGE_SEGMENTS: readonly string[] = ['offer', 'answer', 'candidate', 'leave'];
const POST_ONLY: readonly string[] = ['POST'];

/** `nosniff`, because Chromium reports no progress for a response whose type it detects by its content. */
const HEADERS = [
  ['content-type', 'application/octet-stream'],
  ['cache-control', 'no-store, no-transform'],
  ['x-accel-buffering', 'no'],
  ['x-content-type-options', 'nosniff'],
] as const;

/** The HTTP requests of PeerJS 0.3 clients, under one prefix (X2, X6). */
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

  /** `{key}/{id}/{token}/id` opens a stream; a message kind in place of `id` sends a message. */
  find(path: string): HttpRoute | undefined {
    if (!path.startsWith(this.#prefix)) return undefined;
    const [key, id, token, action, ...rest] = path.slice(this.#prefix.length).split('/');
    const credentials = { key: decodeSegment(key), id: decodeSegment(id), token: decodeSegment(token) };
    if (rest.length > 0 || action === undefined || Object.values(credentials).includes(undefined)) return undefined;
    if (action === STREAM_SEGMENT) return { methods: POST_ONLY, handle: () => openStream(credentials) };
    if (MESSAGE_SEGMENTS.includes(action)) {
      return { methods: POST_ONLY, handle: (head) => this.#readMessage(head, action, credentials) };
    }
    return undefined;
  }

  /** X6: only `leave` may have an empty body. */
  #readMessage(_: HttpHead, action: string, credentials: Credentials): HttpAction {
    const then = (body: Uint8Array): HttpAction => {
      if (action === 'leave' && body.length === 0) {
        return { action: 'send-for-peer', ...credentials, request: { action: 'leave' }, bytes: 0 };
      }
      const request = this.#decoder.decode(body, true);
      const kind = request.action === 'relay' ? request.kind : request.action;
      if (kind !== action) return rejectBody(action);
      return { action: 'send-for-peer', ...credentials, request, bytes: body.length };
    };
    return { action: 'read-body', maxBytes: this.#maxBodyBytes, then };
  }
}

function openStream(credentials: Credentials): HttpAction {
  return {
    action: 'open-stream',
    connectRequest: { as: 'peer', ...credentials },
    head: () => ({ status: 200, headers: HEADERS }),
  };
}
