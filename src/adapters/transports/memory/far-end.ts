import type { HttpResponse } from '../../../application/ports/http.ts';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';

/** What a far end does to its connection: the side of it that the transport serves. */
export interface Line {
  sent(bytes: Uint8Array, isBinary: boolean): void;
  /** It has read all that it was told. */
  caughtUp(): void;
  pinged(): void;
  /** @param unread what it would have been told by what it never read. */
  gone(code: number, unread: readonly SignalMessage[]): void;
}

/** How a connection ended, as its far end sees it. 1006: without a word. */
export interface Goodbye {
  readonly code: number;
  readonly why: string;
}

interface Unread {
  readonly text: string;
  readonly size: number;
  readonly message: SignalMessage | undefined;
}

const CUT: Goodbye = { code: 1006, why: '' };
const encoder = new TextEncoder();

/** The hand at the far end of one connection, to be moved by tests. Nothing that it can't do throws: it does nothing. */
export class MemoryFarEnd {
  /** Every text message that was delivered and read, in order. */
  readonly heard: string[] = [];
  /** The answer, where an upgrade or a stream was refused with one. */
  refusal: HttpResponse | undefined;
  /** How the answer began, where it is a stream. */
  head: StreamHead | undefined;
  /** Whether it answers pings, as every living WebSocket does. */
  answersPings = true;
  #state: 'connecting' | 'open' | 'refused' | 'closed' = 'connecting';
  #closed: Goodbye | undefined;
  #line: Line | undefined;
  #isReading = true;
  readonly #unread: Unread[] = [];
  #unreadBytes = 0;
  #unreadGoodbye: Goodbye | undefined;

  /** `connecting` only while another turn runs. */
  get state(): 'connecting' | 'open' | 'refused' | 'closed' {
    return this.#state;
  }

  get closed(): Goodbye | undefined {
    return this.#closed;
  }

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  send(message: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    const isBinary = typeof message !== 'string';
    this.#line?.sent(isBinary ? message : encoder.encode(message), isBinary);
  }

  /** Sends a ping of its own. */
  ping(): void {
    if (this.#state === 'open') this.#line?.pinged();
  }

  close(code = 1000, why = ''): void {
    this.#leave({ code, why });
  }

  /** Is gone without a word. */
  cut(): void {
    this.#leave(CUT);
  }

  stopReading(): void {
    this.#isReading = false;
  }

  startReading(): void {
    this.#isReading = true;
    for (const { text } of this.#unread.splice(0)) this.heard.push(text);
    this.#unreadBytes = 0;
    this.#line?.caughtUp();
    if (this.#unreadGoodbye !== undefined) this.#end(this.#unreadGoodbye);
  }

  /** For the transport: the connection is open. */
  answered(line: Line): void {
    this.#line = line;
    this.#state = 'open';
  }

  /** For the transport: it is not. */
  refused(answer?: HttpResponse): void {
    this.refusal = answer;
    this.#state = 'refused';
  }

  /** For the transport: a message arrives. @param size in bytes. @returns whether it was read at once. */
  arrived(text: string, size: number, message?: SignalMessage): boolean {
    if (this.#state !== 'open') return true;
    if (!this.#isReading) {
      this.#unread.push({ text, size, message });
      this.#unreadBytes += size;
      return false;
    }
    this.heard.push(text);
    return true;
  }

  /** For the transport: the broker says goodbye, behind whatever is unread. */
  dismissed(goodbye: Goodbye): void {
    if (this.#isReading) return this.#end(goodbye);
    this.#unreadGoodbye = goodbye;
  }

  /** For the transport: the connection is gone, and what is unread with it. */
  dropped(): void {
    this.#end(CUT);
  }

  #leave(goodbye: Goodbye): void {
    if (this.#state !== 'open') return;
    const unread = this.#unread.map(({ message }) => message).filter((message) => message !== undefined);
    this.#end(goodbye);
    this.#line?.gone(goodbye.code, unread);
  }

  #end(goodbye: Goodbye): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#closed = goodbye;
    this.#unread.length = 0;
    this.#unreadBytes = 0;
  }
}
