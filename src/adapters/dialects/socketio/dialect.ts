import type { Dialect, CloseFrame, Registration } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame, refusalText } from '../shared/close-frames.ts';
import { readLine } from './decode.ts';
import { encodeEvent } from './encode.ts';

/**
 * Topics over Socket.IO. The Socket.IO transport implements the protocol of the library, and exchanges lines of JSON with this
 * dialect: docs/protocols/socketio.md.
 */
export class SocketIoDialect implements Dialect {
  readonly name = 'socketio';
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;
  readonly #route: HttpRoute = {
    methods: ['GET', 'POST'],
    takesCookies: true,
    handle: ({ query }) => ({
      action: 'open-stream',
      connectRequest: this.connectRequest(query),
      head: () => ({ status: 200, headers: [] }),
    }),
  };

  /** @param path without a trailing slash. Requests may have one. */
  constructor(path: string) {
    this.#path = path;
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** SIO7. */
  connectRequest(query: string): Extract<ConnectRequest, { as: 'guest' }> {
    return {
      as: 'guest',
      isAuthorized: true,
      key: new URLSearchParams(query).get('key') ?? undefined,
      selectors: [],
      presence: false,
    };
  }

  /** SIO9: an Engine.IO handshake opens a stream, which the transport turns into a session. */
  route(path: string): HttpRoute | undefined {
    return this.servesWebSocketAt(path) ? this.#route : undefined;
  }

  /** SIO7. */
  httpResponse(outcome: HttpOutcome): HttpResponse {
    const reason = outcome.kind === 'refusal' ? outcome.reason : undefined;
    if (reason === 'realm-full') return plain(503, refusalCloseFrame({ reason: 'realm-full' }).why);
    if (reason === 'too-many-realms') return plain(503, refusalCloseFrame({ reason, limit: 0 }).why);
    return plain(404, reason === 'key-unknown' ? refusalCloseFrame({ reason: 'key-unknown' }).why : 'Not Found');
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return readLine(bytes, isBinary);
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    return encodeEvent(event);
  }

  streamPreamble(): undefined {
    return undefined;
  }

  /** SIO6. */
  openFrame({ id }: Registration): Uint8Array {
    return Buffer.from(JSON.stringify(['welcome', id]));
  }

  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    const closeFrame = refusalCloseFrame(refusal);
    return { ...closeFrame, frame: Buffer.from(JSON.stringify(['refused', refusalText(refusal), closeFrame.code])) };
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body };
}
