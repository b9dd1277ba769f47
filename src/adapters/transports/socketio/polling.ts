import { isUtf8 } from 'node:buffer';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd, HttpExchange } from '../../../application/ports/transport.ts';
import { TERMINATED, CLOSE_FRAMES, STREAM_DISCONNECTED, type CloseFrame } from '../shared/close-frames.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';
import { faultResponse } from './handshake.ts';
import { MALFORMED, encodePayload, readPayload, type EnginePacket } from './payloads.ts';
import type { EngineTransport, EngineSession, SessionContext } from './session.ts';

type Headers = HttpResponse['headers'];

const NOOP = Buffer.from('6');
const CLOSE = Buffer.from('1');
const OVERLAP: CloseFrame = { code: 1008, why: 'two requests at a time' };

/**
 * SIO9: a session's packets over HTTP: one GET waits for what is sent, and POSTs bring what the
 * client says. What waits for the next GET is bounded by the send buffer.
 */
export class PollingTransport implements EngineTransport {
  readonly kind = 'polling';
  readonly #session: EngineSession;
  readonly #context: SessionContext;
  readonly #headers: Headers;
  #poll: HttpExchange | undefined;
  #post: HttpExchange | undefined;
  #packets: Iterator<EnginePacket | typeof MALFORMED, void> | undefined;
  #queued: Uint8Array[] = [];
  #queuedBytes = 0;
  #isFlushDue = false;
  #isPaused = false;
  #isProbed = false;
  #state: 'open' | 'ending' | 'over' = 'open';

  /** @param headers of every response: what CORS needs. */
  constructor(session: EngineSession, home: SessionContext, headers: Headers) {
    this.#session = session;
    this.#context = home;
    this.#headers = headers;
  }

  /** Whether a POST is not read to its end yet. */
  get isReading(): boolean {
    return this.#post !== undefined;
  }

  /** The GET of the handshake. */
  handleHandshake(exchange: HttpExchange): void {
    this.#poll = exchange;
  }

  /** A GET. To be called before the call that brings it returns. A second one at a time ends the session. */
  handlePoll(exchange: HttpExchange): void {
    if (this.#poll !== undefined) return this.#rejectOverlap(exchange);
    this.#poll = exchange;
    exchange.holdOpen(() => this.#aborted());
    this.#session.chargeRateLimit();
    if (this.#queued.length > 0 || this.#isProbed || this.#state !== 'open') this.flush();
  }

  /** A POST. To be called before the call that brings it returns. */
  handlePost(exchange: HttpExchange): void {
    if (this.#post !== undefined) return this.#rejectOverlap(exchange);
    const { maxFrameBytes } = this.#context.limits;
    const isBinary = exchange.request.header('content-type') === 'application/octet-stream';
    this.#post = exchange;
    exchange.holdOpen(() => this.#aborted());
    exchange.readBody(maxFrameBytes, (body) => {
      if (body === undefined) {
        this.#answerPost({ status: 413, body: 'Content Too Large' });
        return this.#session.end(CLOSE_FRAMES.tooBig);
      }
      if (!isBinary && !isUtf8(body)) {
        this.#answerPost({ status: 400, body: 'The body is not UTF-8' });
        return this.#session.reportMalformed();
      }
      this.#packets = readPayload(Buffer.from(body), this.#session.protocol, isBinary);
      this.#read();
    });
  }

  send(packet: Uint8Array): WriteOutcome {
    if (this.#state !== 'open') return 'gone';
    if (this.#queued.length > 0 && this.#queuedBytes + packet.length > this.#context.limits.sendBufferBytes) {
      this.#clearQueue();
      this.#session.end(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    this.#queued.push(packet);
    this.#queuedBytes += packet.length;
    this.#session.admission.memory?.set('unread', this.#queuedBytes);
    if (this.#poll === undefined) return 'queued';
    this.#flushLater();
    return 'sent';
  }

  /** The client is told with its present poll, or the next if it comes soon. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#poll !== undefined) return this.#flushLater();
    const { clock } = this.#context;
    clock.wakeAt(clock.now() + CLOSE_GRACE, () => this.#closed(TERMINATED));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#context.defer(() => this.#read());
  }

  /** SIO9: a WebSocket asks to take over, and the client waits for its poll to end. */
  probed(): void {
    this.#isProbed = true;
    this.flush();
  }

  /** It did not take over. */
  probeEnded(): void {
    this.#isProbed = false;
  }

  /** A WebSocket takes over. @returns what still waits. */
  upgraded(): readonly Uint8Array[] {
    const waiting = this.#queued;
    this.#clearQueue();
    this.flush();
    this.#state = 'over';
    return waiting;
  }

  /** Ends it at once. To be called in a turn of its own. */
  terminate(): void {
    this.#state = 'ending';
    this.flush();
    this.#closed(TERMINATED);
  }

  /** Answers the poll, where there is one, with all that waits. */
  flush(): void {
    const poll = this.#poll;
    this.#isFlushDue = false;
    if (poll === undefined) return;
    const last = this.#state === 'ending' ? CLOSE : NOOP;
    const packets = this.#state === 'ending' || this.#queued.length === 0 ? [...this.#queued, last] : this.#queued;
    this.#poll = undefined;
    this.#clearQueue();
    this.#answer(poll, { status: 200, body: encodePayload(packets, this.#session.protocol) });
    if (this.#state === 'ending') this.#context.defer(() => this.#closed(TERMINATED));
  }

  #clearQueue(): void {
    this.#queued = [];
    this.#queuedBytes = 0;
    this.#session.admission.memory?.set('unread', 0);
  }

  /** What one turn brings leaves in one response. */
  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#context.defer(() => this.flush());
  }

  /** Reads on in what was posted, until the rate limit pauses it. */
  #read(): void {
    const packets = this.#packets;
    if (packets === undefined) return;
    while (!this.#isPaused && this.#state === 'open') {
      const next = packets.next();
      if (next.done === true) break;
      if (next.value === MALFORMED) this.#session.reportMalformed();
      else this.#session.receive(next.value);
    }
    if (this.#isPaused && this.#state === 'open') return;
    this.#packets = undefined;
    this.#answerPost({ status: 200, body: 'ok' });
  }

  #answerPost(response: Omit<HttpResponse, 'headers'>): void {
    const post = this.#post;
    this.#post = undefined;
    if (post !== undefined) this.#answer(post, response);
  }

  #answer(exchange: HttpExchange, response: Omit<HttpResponse, 'headers'>): void {
    const headers: Headers = [['content-type', 'text/plain; charset=UTF-8'], ['cache-control', 'no-store'], ...this.#headers];
    exchange.respond({ ...response, headers });
  }

  #rejectOverlap(exchange: HttpExchange): void {
    exchange.respond(faultResponse('bad-request'));
    this.#session.end(OVERLAP);
  }

  /** The client went away in the middle of a request: what it would have been told is lost, so is the session. */
  #aborted(): void {
    if (this.#state === 'over') return;
    this.#poll = undefined;
    this.#post = undefined;
    this.#closed(STREAM_DISCONNECTED);
  }

  #closed(end: ConnectionEnd): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#packets = undefined;
    this.#queued = [];
    this.#answerPost({ status: 200, body: 'ok' });
    this.#session.closed(end);
  }
}
