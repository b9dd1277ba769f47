import type { HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';

/** What a far end does to its connection: the side of it that the transport serves. */
export interface ClientConnection {
  receiveFrame(bytes: Uint8Array, isBinary: boolean): void;
  /** It has read all that it was told. */
  readAll(): void;
  receivePing(): void;
  /** @param unread what it would have been told by what it never read. */
  disconnected(code: number, unread: readonly SignalMessage[]): void;
}

/** How a connection ended, as its far end sees it. 1006: without a word. */
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

/** The hand at the far end of one connection, to be moved by tests. Nothing that it can't do throws: it does nothing. */
export class MemoryClient {
  /** Every text message that was delivered and read, in order. */
  readonly received: string[] = [];
  /** The answer, where an upgrade or a stream was refused with one. */
  refusal: HttpResponse | undefined;
  /** How the answer began, where it is a stream. */
  head: StreamHead | undefined;
  /** Whether it answers pings, as every living WebSocket does. */
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

  /** Sends a ping of its own. */
  ping(): void {
    if (this.#state === 'open') this.#connection?.receivePing();
  }

  close(code = 1000, why = ''): void {
    this.#disconnect({ code, why });
  }

  /** Is gone without a word. */
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
  opened(line: ClientConnection): void {
    this.#connection = line;
    this.#state = 'open';
  }

  /** For the transport: it is not. */
  refused(answer?: HttpResponse): void {
    this.refusal = answer;
    this.#state = 'refused';
  }

  /** For the transport: a message arrives. @param size in bytes. @returns whether it was read at once. */
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

  /** For the transport: the broker says goodbye, behind whatever is unread. */
  closedByBroker(goodbye: CloseFrame): void {
    if (this.#isReading) return this.#end(goodbye);
    this.#unreadCloseFrame = goodbye;
  }

  /** For the transport: the connection is gone, and what is unread with it. */
  terminated(): void {
    this.#end(CUT);
  }

  #disconnect(goodbye: CloseFrame): void {
    if (this.#state !== 'open') return;
    const unread = this.#unread.map(({ message }) => message).filter((message) => message !== undefined);
    this.#end(goodbye);
    this.#connection?.disconnected(goodbye.code, unread);
  }

  #end(goodbye: CloseFrame): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#closed = goodbye;
    this.#unread.length = 0;
    this.#unreadBytes = 0;
  }
}
