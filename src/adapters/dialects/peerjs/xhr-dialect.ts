import type { Dialect, CloseFrame, Registration } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../shared/close-frames.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { TextCache } from '../shared/text-cache.ts';
import { HTTP_ERROR, xhrResponseTo } from './xhr-responses.ts';
import { XhrRoutes } from './xhr-routes.ts';

const LINE_FEED = Buffer.from('\n');
const OPEN = Buffer.from('{"type":"OPEN"}\n');
const REFUSAL = Buffer.from(`${HTTP_ERROR}\n`);

// Browsers buffer the beginning of a response before they report progress; the client ignores the first line.
const PADDING = Buffer.from(`${'0'.repeat(2048)}\n`);

// Chromium reports progress at most every 50 ms, and the client reads one message for each report.
const PACE_MS = 60;

/** The HTTP streams of PeerJS 0.3 clients, before and instead of a socket: docs/protocols/peerjs.md, X1 to X8. */
export class PeerjsXhrDialect implements Dialect {
  readonly name = 'peerjs-xhr';
  readonly space = 'peerjs';
  readonly keepsHistory = false;
  readonly liveness = 'reads';
  readonly pace = PACE_MS;
  readonly #routes: XhrRoutes;
  readonly #encoder: Encoder;

  /** @param prefix the same as for the PeerJS dialect. */
  constructor(prefix: string, maxBodyBytes: number) {
    const cache = new TextCache();
    this.#routes = new XhrRoutes(prefix, new Decoder(cache), maxBodyBytes);
    this.#encoder = new Encoder(cache);
  }

  /** The sockets of these clients belong to the PeerJS dialect. */
  servesWebSocketAt(): boolean {
    return false;
  }

  connectRequest(): ConnectRequest {
    return { as: 'peer', key: undefined, id: undefined, token: undefined };
  }

  route(path: string): HttpRoute | undefined {
    return this.#routes.find(path);
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return xhrResponseTo(outcome);
  }

  /** A stream carries no frames from the client. */
  decode(): FrameRequest {
    return { action: 'malformed' };
  }

  /** X2: one line for each message. */
  encode(message: SignalMessage): Uint8Array {
    return Buffer.concat([this.#encoder.encode(message), LINE_FEED]);
  }

  encodeEvent(): undefined {
    return undefined;
  }

  streamPreamble(): Uint8Array {
    return PADDING;
  }

  /** X2, X4: only if this stream registered the peer. */
  openFrame({ replaces }: Pick<Registration, 'replaces'>): Uint8Array | undefined {
    return replaces === 'nothing' ? OPEN : undefined;
  }

  /** X7: no ping, because these clients parse each line as a message, and an empty line blocks the stream permanently. */
  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return { ...refusalCloseFrame(refusal), frame: REFUSAL };
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}
