import type { Dialect, CloseFrame } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { DiagnosticRequest, FrameRequest, HttpOutcome, HttpRoute } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../shared/close-frames.ts';
import { describeRequest, NOT_FOUND, streamHead, TEXTS } from './responses.ts';

const READ_METHODS: readonly string[] = ['GET', 'HEAD'];
/** DOC1: a page tells its own origin with POST only. */
const HELLO: HttpRoute = { methods: [...READ_METHODS, 'POST'], handle: () => ({ action: 'describe-request' }) };
const SOCKET_REQUEST: DiagnosticRequest = { as: 'diagnostic', key: undefined, texts: [] };
const STREAM_REQUEST: DiagnosticRequest = { as: 'diagnostic', key: undefined, texts: TEXTS };
const STREAM: HttpRoute = {
  methods: ['GET'],
  handle: () => ({ action: 'open-stream', connectRequest: STREAM_REQUEST, head: streamHead }),
};

/** The routes that `signalbox doctor` tests: docs/protocols/doctor.md. Its connections have no session. */
export class DoctorDialect implements Dialect {
  readonly name = 'doctor';
  readonly space = 'doctor';
  readonly keepsHistory = false;
  readonly liveness = 'sends';
  readonly pace = 0;
  readonly #prefix: string;
  readonly #unixTime: () => number;
  readonly #page: HttpRoute | undefined;

  /**
   * @param prefix the public path of the broker; begins and ends with a slash.
   * @param unixTime the time of the machine, in milliseconds.
   * @param page DOC5: undefined for a program that was not built.
   */
  constructor(prefix: string, unixTime: () => number, page?: HttpResponse) {
    this.#prefix = prefix;
    this.#unixTime = unixTime;
    this.#page = page && { methods: READ_METHODS, handle: () => ({ action: 'respond', response: page }) };
  }

  servesWebSocketAt(path: string): boolean {
    return path === `${this.#prefix}doctor/socket`;
  }

  connectRequest(): DiagnosticRequest {
    return SOCKET_REQUEST;
  }

  route(path: string): HttpRoute | undefined {
    if (path === `${this.#prefix}doctor` || path === `${this.#prefix}doctor/`) return this.#page;
    if (path === `${this.#prefix}doctor/hello`) return HELLO;
    return path === `${this.#prefix}doctor/stream` ? STREAM : undefined;
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return outcome.kind === 'request-description' ? describeRequest(outcome.seen, this.#unixTime()) : NOT_FOUND;
  }

  /** Not called: connections without a session are not dispatched. */
  decode(): FrameRequest {
    return { action: 'ignore', why: 'not-relayed' };
  }

  encode(): undefined {
    return undefined;
  }

  encodeEvent(): undefined {
    return undefined;
  }

  streamPreamble(): undefined {
    return undefined;
  }

  openFrame(): undefined {
    return undefined;
  }

  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return refusalCloseFrame(refusal);
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}
