import { isUtf8 } from 'node:buffer';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd, HttpExchange } from '../../../application/ports/transport.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';
import { TERMINATED, CLOSE_FRAMES, STREAM_DISCONNECTED, type CloseFrame } from '../shared/close-frames.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';
import { faultResponse } from './handshake.ts';
import { MALFORMED, encodePayload, readPayload, type EnginePacket } from './payloads.ts';
import type { EngineSession } from './session.ts';
import type { SessionContext } from './session-context.ts';
import type { EngineTransport } from './socket.ts';

type Headers = HttpResponse['headers'];

const NOOP = Buffer.from('6');
const CLOSE = Buffer.from('1');
const OVERLAP: CloseFrame = { code: 1008, why: 'two requests at a time' };

/** M23: posted packets that are handled in one turn of the event loop. */
const PACKETS_PER_TURN = 250;

/**
 * SIO9: the packets of a session over HTTP. One GET waits for packets of the broker; POSTs carry packets of the client. The queue
 * for the next GET is limited by the send buffer.
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
  /** The close frame of a session that ends with its next request. */
  #endFrame: CloseFrame | undefined;

  /** @param headers of every response, for CORS. */
  constructor(session: EngineSession, context: SessionContext, headers: Headers) {
    this.#session = session;
    this.#context = context;
    this.#headers = headers;
  }

  /** SIO9: true also for a session that is ending, because its last packets are sent over the WebSocket then. */
  get mayUpgrade(): boolean {
    return this.#post === undefined && (this.#state === 'open' || this.#endFrame !== undefined);
  }

  /** Handles the GET of the handshake. */
  handleHandshake(exchange: HttpExchange): void {
    this.#poll = exchange;
  }

  /** Handles a GET, within the call that delivers it. A second concurrent one ends the session. */
  handlePoll(exchange: HttpExchange): void {
    if (this.#poll !== undefined) return this.#rejectOverlap(exchange);
    this.#poll = exchange;
    exchange.holdOpen(() => this.#aborted());
    this.#session.chargeRateLimit();
    if (this.#queued.length > 0 || this.#isProbed || this.#state !== 'open') this.flush();
  }

  /** Handles a POST, within the call that delivers it. */
  handlePost(exchange: HttpExchange): void {
    if (this.#post !== undefined) return this.#rejectOverlap(exchange);
    const { maxFrameBytes } = this.#context.limits;
    const isBinary = exchange.request.header('content-type') === 'application/octet-stream';
    this.#post = exchange;
    exchange.holdOpen(() => this.#aborted());
    exchange.readBody(maxFrameBytes, (body) => this.#receiveBody(body, isBinary), this.#session.admission.memory);
  }

  #receiveBody(body: Uint8Array | undefined, isBinary: boolean): void {
    if (body === undefined) {
      this.#answerPost({ status: 413, body: 'Content Too Large' });
      return this.#session.end(CLOSE_FRAMES.tooBig);
    }
    if (!isBinary && !isUtf8(body)) {
      this.#answerPost({ status: 400, body: 'The body is not UTF-8' });
      return this.#session.reportMalformed();
    }
    this.#packets = readPayload(Buffer.from(body), this.#session.protocol, isBinary);
    // B5: a text may take two bytes for each byte of the body.
    this.#session.admission.memory?.set('body', 2 * body.length);
    this.#read();
  }

  send(packet: Uint8Array): WriteOutcome {
    if (this.#state !== 'open') return 'gone';
    const size = packet.length + QUEUED_FRAME_BYTES;
    if (this.#queued.length > 0 && this.#queuedBytes + size > this.#context.limits.sendBufferBytes) {
      this.#clearQueue();
      this.#session.end(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    this.#queued.push(packet);
    this.#queuedBytes += size;
    this.#session.admission.memory?.set('unread', this.#queuedBytes);
    if (this.#poll === undefined) return 'queued';
    this.#flushLater();
    return 'sent';
  }

  /** Ends the session with the current poll, or with the next one if it is received within the grace period. */
  end(frame: CloseFrame): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#endFrame = frame;
    this.#dropPackets();
    this.#answerPost({ status: 200, body: 'ok' });
    if (this.#poll !== undefined) return this.#flushLater();
    const { clock } = this.#context;
    clock.wakeAt(clock.now() + CLOSE_GRACE, () => this.#closed(TERMINATED));
  }

  spend(units: number): void {
    this.#post?.spend?.(units);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#context.defer(() => this.#read());
  }

  /** SIO9: a WebSocket probes the session; the client waits until its poll ends. */
  probed(): void {
    this.#isProbed = true;
    this.flush();
  }

  /** The WebSocket did not take over. */
  probeEnded(): void {
    this.#isProbed = false;
  }

  /** A WebSocket takes over. @returns the queued packets, and the close frame of a session that is ending. */
  upgraded(): { readonly queued: readonly Uint8Array[]; readonly endFrame: CloseFrame | undefined } {
    const queued = this.#queued;
    this.#clearQueue();
    this.flush();
    this.#state = 'over';
    return { queued, endFrame: this.#endFrame };
  }

  /** Ends the session after the current turn, also without a poll. */
  terminate(): void {
    if (this.#state === 'over') return;
    this.#state = 'ending';
    this.#endFrame = undefined;
    this.flush();
    this.#context.defer(() => this.#closed(TERMINATED));
  }

  /** Answers the open poll, if any, with all queued packets. */
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

  /** Sends all packets of one turn in one response. */
  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#context.defer(() => this.flush());
  }

  /** M23: reads the posted packets in slices, until the rate limit pauses the session. */
  #read(): void {
    const packets = this.#packets;
    if (packets === undefined) return;
    for (let count = 0; !this.#isPaused && this.#state === 'open'; count++) {
      if (count === PACKETS_PER_TURN) return this.#readLater();
      const next = packets.next();
      if (next.done === true) break;
      if (next.value === MALFORMED) this.#session.reportMalformed();
      else this.#session.receive(next.value);
    }
    if (this.#isPaused && this.#state === 'open') return;
    this.#dropPackets();
    this.#answerPost({ status: 200, body: 'ok' });
  }

  #readLater(): void {
    const { clock } = this.#context;
    clock.wakeAt(clock.now(), () => this.#read());
  }

  #dropPackets(): void {
    this.#packets = undefined;
    this.#session.admission.memory?.set('body', 0);
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

  /** The client disconnected within a request. The response is lost, so the session ends. */
  #aborted(): void {
    if (this.#state === 'over') return;
    this.#poll = undefined;
    this.#post = undefined;
    this.#closed(STREAM_DISCONNECTED);
  }

  #closed(end: ConnectionEnd): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#endFrame = undefined;
    this.#packets = undefined;
    this.#queued = [];
    this.#answerPost({ status: 200, body: 'ok' });
    this.#session.closed(end);
  }
}
