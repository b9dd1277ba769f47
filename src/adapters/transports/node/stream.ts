import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import { STREAM_CLOSED, STREAM_DISCONNECTED, STREAM_TOO_SLOW } from '../shared/close-frames.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';
import type { Corked } from '../shared/turn-end.ts';
import type { AcceptorContext } from './handshakes.ts';
import { setHead, type ResponseContext } from './http.ts';
import { withSocket } from './http-connection.ts';
import type { Terminable } from './open-connections.ts';
import { type SocketContext, unreadBytes } from './socket.ts';

interface StreamParts {
  readonly reporter: ConnectionReporter;
  readonly context: SocketContext & Pick<AcceptorContext, 'pacedEnds'>;
}

/** One streaming response of `node:http`. All text of one event-loop turn is sent in one write. */
export class NodeStream implements Socket, Corked, Terminable {
  listPosition = -1;
  readonly #response: ResponseContext['response'];
  readonly #connection: ResponseContext['connection'];
  readonly #reporter: ConnectionReporter;
  readonly #context: StreamParts['context'];
  #waiting: SignalMessage[] | undefined = undefined;

  constructor({ response, connection }: ResponseContext, { reporter, context }: StreamParts) {
    this.#response = response;
    this.#connection = connection;
    response.on('drain', () => reporter.unreadBytes(0));
    this.#reporter = reporter;
    this.#context = context;
  }

  start(head: StreamHead): void {
    const response = this.#response;
    // A stream may be idle longer than any request, and is the last response of its connection.
    withSocket(response, (socket) => {
      socket.setTimeout(0);
      this.#context.pacedEnds?.add(socket);
    });
    this.#connection.markStreaming();
    response.shouldKeepAlive = false;
    setHead(response, head);
    response.flushHeaders();
    this.#reporter.opened(this);
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    const response = this.#response;
    if (!this.#isOpen) return 'gone';
    if (this.#exceedsSendBuffer(text.length)) {
      this.#reporter.stopReporting(STREAM_TOO_SLOW);
      this.#response.destroy();
      return 'gone';
    }
    if (this.#waiting === undefined) {
      this.#waiting = [];
      response.cork();
      this.#context.turnEnd.schedule(this);
    }
    if (message !== undefined) this.#waiting.push(message);
    response.write(Buffer.from(text));
    return response.writableNeedDrain ? 'queued' : 'sent';
  }

  uncork(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#response.uncork();
    this.#reporter.unreadBytes(unreadBytes(this.#response));
  }

  ping(): void {
    // A stream has no ping.
  }

  /** A stream has neither close code nor reason. */
  close(): void {
    if (!this.#isOpen) return;
    this.#reporter.stopReporting(STREAM_CLOSED);
    this.uncork();
    this.#response.end();
    setTimeout(() => this.#connection.terminate(), CLOSE_GRACE).unref();
  }

  pause(): void {
    // A stream receives nothing.
  }

  resume(): void {
    // See `pause`.
  }

  /** The response has ended, or the client has disconnected. */
  closed(): void {
    for (const message of this.#waiting ?? []) this.#reporter.unsent(message);
    this.#waiting = undefined;
    this.#reporter.closed(STREAM_DISCONNECTED);
  }

  /** Destroys the connection, so that later requests on it are not answered. */
  terminate(): void {
    this.#reporter.stopReporting(STREAM_CLOSED);
    this.#connection.terminate();
  }

  get #isOpen(): boolean {
    return !this.#connection.isClosed && !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Pending text may be accepted by the network at once, so it is written before the limit is checked. */
  #exceedsSendBuffer(added: number): boolean {
    const { sendBufferBytes } = this.#context.limits;
    if (this.#response.writableLength + added > sendBufferBytes) this.uncork();
    const unread = this.#response.writableLength;
    return unread > 0 && unread + added > sendBufferBytes;
  }
}
