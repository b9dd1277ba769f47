import type { Dialect, CloseFrame } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../shared/close-frames.ts';
import { responseTo } from './responses.ts';
import { COMMENT, encodeEvent } from './events.ts';
import { mercureRoute, type MercurePolicy } from './routes.ts';

/** Mercure: topics over server-sent events and HTTP requests: docs/protocols/mercure.md. */
export class MercureDialect implements Dialect {
  readonly name = 'mercure';
  readonly space = 'updates';
  readonly keepsHistory = true;
  readonly liveness = 'reads';
  readonly pace = 0;
  readonly #path: string;
  readonly #route: HttpRoute;

  /** @param path without a trailing slash. Requests may have one. */
  constructor(path: string, policy: MercurePolicy) {
    this.#path = path;
    this.#route = mercureRoute(policy);
  }

  /** Streams only. */
  servesWebSocketAt(): boolean {
    return false;
  }

  connectRequest(): ConnectRequest {
    return { as: 'guest', key: undefined, selectors: [], presence: false };
  }

  route(path: string): HttpRoute | undefined {
    return path === this.#path || path === `${this.#path}/` ? this.#route : undefined;
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return responseTo(outcome);
  }

  /** A stream carries no frames from the client. */
  decode(): FrameRequest {
    return { action: 'malformed' };
  }

  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    return encodeEvent(event);
  }

  /** MER1: a browser fires `open` when the first bytes of the stream arrive. */
  streamPreamble(): Uint8Array {
    return COMMENT;
  }

  openFrame(): undefined {
    return undefined;
  }

  keepAliveFrame(): Uint8Array {
    return COMMENT;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return refusalCloseFrame(refusal);
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}
