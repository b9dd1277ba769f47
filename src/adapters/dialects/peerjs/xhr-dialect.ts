import type { Dialect, CloseFrame, Registration } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { ENDING_CLOSE_FRAMES, REFUSAL_CLOSE_FRAMES } from '../shared/close-frames.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { TextCache } from '../shared/text-cache.ts';
import { HTTP_ERROR, xhrResponseTo } from './xhr-responses.ts';
import { XhrRoutes } from './xhr-routes.ts';

const LINE_FEED = Buffer.from('\n');
const OPEN = Buffer.from('{"type":"OPEN"}\n');
const REFUSAL = Buffer.from(`${HTTP_ERROR}\n`);

// Browsers show nothing of an answer before it has some length; the client passes over its first line.
const PADDING = Buffer.from(`${'0'.repeat(2048)}\n`);

// Chromium tells a page of progress every 50 ms at most, and the client takes one message for each time.
const PACE_MS = 60;

/** What clients of PeerJS 0.3 use until their socket is open, and in its place: docs/protocols/peerjs.md, X1 to X8. */
export class PeerjsXhrDialect implements Dialect {
  readonly name = 'peerjs-xhr';
  readonly space = 'peerjs';
  readonly keepsHistory = false;
  readonly liveness = 'reads';
  readonly pace = PACE_MS;
  readonly #routes: XhrRoutes;
  readonly #encoder: Encoder;

  /** @param prefix that of the PeerJS dialect. */
  constructor(prefix: string, maxBodyBytes: number) {
    const known = new TextCache();
    this.#routes = new XhrRoutes(prefix, new Decoder(known), maxBodyBytes);
    this.#encoder = new Encoder(known);
  }

  /** Their socket is that of the PeerJS dialect. */
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

  /** A stream says nothing. */
  decode(): FrameRequest {
    return { action: 'malformed' };
  }

  /** X2: one line. */
  encode(message: SignalMessage): Uint8Array {
    return Buffer.concat([this.#encoder.encode(message), LINE_FEED]);
  }

  encodeEvent(): undefined {
    return undefined;
  }

  streamPreamble(): Uint8Array {
    return PADDING;
  }

  /** X2, X4: only where this stream made the peer. */
  openFrame({ replaces }: Pick<Registration, 'replaces'>): Uint8Array | undefined {
    return replaces === 'nothing' ? OPEN : undefined;
  }

  /** X7: whatever were sent, these clients would take it for a message; an empty line would block them for ever. */
  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return { ...REFUSAL_CLOSE_FRAMES[refusal.reason], frame: REFUSAL };
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}
