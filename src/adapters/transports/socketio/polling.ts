import { isUtf8 } from 'node:buffer';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd, Exchange } from '../../../application/ports/transport.ts';
import { CUT, GOODBYES, STREAM_LEFT, type Goodbye } from '../shared/goodbyes.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';
import { faultResponse } from './handshake.ts';
import { BROKEN, encodePayload, readPayload, type EnginePacket } from './payloads.ts';
import type { Carrier, EngineSession, SessionHome } from './session.ts';

type Headers = HttpResponse['headers'];

const NOOP = Buffer.from('6');
const CLOSE = Buffer.from('1');
const OVERLAP: Goodbye = { code: 1008, why: 'two requests at a time' };

/**
 * SIO9: a session's packets over HTTP: one GET waits for what is sent, and POSTs bring what the
 * client says. What waits for the next GET is bounded by the send buffer.
 */
export class PollingCarrier implements Carrier {
  readonly kind = 'polling';
  readonly #session: EngineSession;
  readonly #home: SessionHome;
  readonly #headers: Headers;
  #poll: Exchange | undefined;
  #post: Exchange | undefined;
  #packets: Iterator<EnginePacket | typeof BROKEN, void> | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isFlushDue = false;
  #isPaused = false;
  #isProbed = false;
  #state: 'open' | 'ending' | 'over' = 'open';

  /** @param headers of every response: what CORS needs. */
  constructor(session: EngineSession, home: SessionHome, headers: Headers) {
    this.#session = session;
    this.#home = home;
    this.#headers = headers;
  }

  /** Whether a POST is not read to its end yet. */
  get isReading(): boolean {
    return this.#post !== undefined;
  }

  /** The GET of the handshake. */
  opens(exchange: Exchange): void {
    this.#poll = exchange;
  }

  /** A GET. To be called before the call that brings it returns. A second one at a time ends the session. */
  polled(exchange: Exchange): void {
    if (this.#poll !== undefined) return this.#overlaps(exchange);
    this.#poll = exchange;
    exchange.hold(() => this.#aborted());
    this.#session.charge();
    if (this.#waiting.length > 0 || this.#isProbed || this.#state !== 'open') this.flush();
  }

  /** A POST. To be called before the call that brings it returns. */
  posted(exchange: Exchange): void {
    if (this.#post !== undefined) return this.#overlaps(exchange);
    const { maxFrameBytes } = this.#home.limits;
    const isBinary = exchange.request.header('content-type') === 'application/octet-stream';
    this.#post = exchange;
    exchange.hold(() => this.#aborted());
    exchange.body(maxFrameBytes, (body) => {
      if (body === undefined) {
        this.#answerPost({ status: 413, body: 'Content Too Large' });
        return this.#session.end(GOODBYES.tooBig);
      }
      if (!isBinary && !isUtf8(body)) {
        this.#answerPost({ status: 400, body: 'The body is not UTF-8' });
        return this.#session.unreadable();
      }
      this.#packets = readPayload(Buffer.from(body), this.#session.protocol, isBinary);
      this.#read();
    });
  }

  send(packet: Uint8Array): WriteOutcome {
    if (this.#state !== 'open') return 'gone';
    if (this.#waiting.length > 0 && this.#waitingBytes + packet.length > this.#home.limits.sendBufferBytes) {
      this.#dropWaiting();
      this.#session.end(GOODBYES.readsTooSlowly);
      return 'gone';
    }
    this.#waiting.push(packet);
    this.#waitingBytes += packet.length;
    this.#session.admission.holding?.set('unread', this.#waitingBytes);
    if (this.#poll === undefined) return 'queued';
    this.#flushLater();
    return 'sent';
  }

  /** The client is told with its present poll, or the next if it comes soon. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#poll !== undefined) return this.#flushLater();
    const { clock } = this.#home;
    clock.wakeAt(clock.now() + CLOSE_GRACE, () => this.#over(CUT));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#home.later(() => this.#read());
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
    const waiting = this.#waiting;
    this.#dropWaiting();
    this.flush();
    this.#state = 'over';
    return waiting;
  }

  /** Ends it at once. To be called in a turn of its own. */
  cut(): void {
    this.#state = 'ending';
    this.flush();
    this.#over(CUT);
  }

  /** Answers the poll, where there is one, with all that waits. */
  flush(): void {
    const poll = this.#poll;
    this.#isFlushDue = false;
    if (poll === undefined) return;
    const last = this.#state === 'ending' ? CLOSE : NOOP;
    const packets = this.#state === 'ending' || this.#waiting.length === 0 ? [...this.#waiting, last] : this.#waiting;
    this.#poll = undefined;
    this.#dropWaiting();
    this.#answer(poll, { status: 200, body: encodePayload(packets, this.#session.protocol) });
    if (this.#state === 'ending') this.#home.later(() => this.#over(CUT));
  }

  #dropWaiting(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#session.admission.holding?.set('unread', 0);
  }

  /** What one turn brings leaves in one response. */
  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#home.later(() => this.flush());
  }

  /** Reads on in what was posted, until the rate limit pauses it. */
  #read(): void {
    const packets = this.#packets;
    if (packets === undefined) return;
    while (!this.#isPaused && this.#state === 'open') {
      const next = packets.next();
      if (next.done === true) break;
      if (next.value === BROKEN) this.#session.unreadable();
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

  #answer(exchange: Exchange, response: Omit<HttpResponse, 'headers'>): void {
    const headers: Headers = [['content-type', 'text/plain; charset=UTF-8'], ['cache-control', 'no-store'], ...this.#headers];
    exchange.answer({ ...response, headers });
  }

  #overlaps(exchange: Exchange): void {
    exchange.answer(faultResponse('bad-request'));
    this.#session.end(OVERLAP);
  }

  /** The client went away in the middle of a request: what it would have been told is lost, so is the session. */
  #aborted(): void {
    if (this.#state === 'over') return;
    this.#poll = undefined;
    this.#post = undefined;
    this.#over(STREAM_LEFT);
  }

  #over(end: ConnectionEnd): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#packets = undefined;
    this.#waiting = [];
    this.#answerPost({ status: 200, body: 'ok' });
    this.#session.lost(end);
  }
}
