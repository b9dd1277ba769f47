import type { HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';

/** The transport's side of a connection, as the client uses it. */
export interface ClientConnection {
  receiveFrame(bytes: Uint8Array, isBinary: boolean): void;
  /** The client has read all that was sent. */
  readAll(): void;
  receivePing(): void;
  /** @param unread the messages that were sent and not read. */
  disconnected(code: number, unread: readonly SignalMessage[]): void;
}

/** How a connection ended, as the client sees it. 1006: without a close frame. */
export interface CloseFrame {
  readonly code: number;
  readonly why: string;
}

interface Unread {
  readonly text: string;
  readonly size: number;
  readonly message: SignalMessage | undefined;
}

const CUT: CloseFrame = { code: 1006, why: '' };
const encoder = new TextEncoder();

/** The client of one connection, controlled by tests. An impossible action is ignored. */
export class MemoryClient {
  /** The messages that were delivered and read, in order. A binary one is `[binary]` and its bytes in hexadecimal digits (W6). */
  readonly received: string[] = [];
  /** The response, if an upgrade or a stream was rejected. */
  refusal: HttpResponse | undefined;
  /** The status and headers of a stream. */
  head: StreamHead | undefined;
  /** True if the client answers pings, as every connected WebSocket does. */
  answersPings = true;
  #state: 'connecting' | 'open' | 'refused' | 'closed' = 'connecting';
  #closed: CloseFrame | undefined;
  #connection: ClientConnection | undefined;
  #isReading = true;
  readonly #unread: Unread[] = [];
  #unreadBytes = 0;
  #unreadCloseFrame: CloseFrame | undefined;

  /** `connecting` only while another turn runs. */
  get state(): 'connecting' | 'open' | 'refused' | 'closed' {
    return this.#state;
  }

  get closed(): CloseFrame | undefined {
    return this.#closed;
  }

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  send(message: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    const isBinary = typeof message !== 'string';
    this.#connection?.receiveFrame(isBinary ? message : encoder.encode(message), isBinary);
  }

  /** Sends a ping. */
  ping(): void {
    if (this.#state === 'open') this.#connection?.receivePing();
  }

  close(code = 1000, why = ''): void {
    this.#disconnect({ code, why });
  }

  /** Disconnects without a close frame. */
  cut(): void {
    this.#disconnect(CUT);
  }

  stopReading(): void {
    this.#isReading = false;
  }

  startReading(): void {
    this.#isReading = true;
    for (const { text } of this.#unread.splice(0)) this.received.push(text);
    this.#unreadBytes = 0;
    this.#connection?.readAll();
    if (this.#unreadCloseFrame !== undefined) this.#end(this.#unreadCloseFrame);
  }

  /** For the transport: the connection is open. */
  opened(connection: ClientConnection): void {
    this.#connection = connection;
    this.#state = 'open';
  }

  /** For the transport: the connection was rejected. */
  refused(answer?: HttpResponse): void {
    this.refusal = answer;
    this.#state = 'refused';
  }

  /** For the transport: delivers a message. @param size in bytes. @returns whether it was read at once. */
  deliver(text: string, size: number, message?: SignalMessage): boolean {
    if (this.#state !== 'open') return true;
    if (!this.#isReading) {
      this.#unread.push({ text, size, message });
      this.#unreadBytes += size;
      return false;
    }
    this.received.push(text);
    return true;
  }

  /** For the transport: the broker closes the connection; unread messages come first. */
  closedByBroker(frame: CloseFrame): void {
    if (this.#isReading) return this.#end(frame);
    this.#unreadCloseFrame = frame;
  }

  /** For the transport: the connection ended, and unread messages are lost. */
  terminated(): void {
    this.#end(CUT);
  }

  #disconnect(frame: CloseFrame): void {
    if (this.#state !== 'open') return;
    const unread = this.#unread.map(({ message }) => message).filter((message) => message !== undefined);
    this.#end(frame);
    this.#connection?.disconnected(frame.code, unread);
  }

  #end(frame: CloseFrame): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#closed = frame;
    this.#unread.length = 0;
    this.#unreadBytes = 0;
  }
}
