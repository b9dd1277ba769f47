import { webSocketUrl } from './broker.ts';

/** A message of the PeerJS wire. */
export interface SignalMessage {
  readonly type: string;
  readonly src?: string;
  readonly dst?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface Identity {
  readonly key: string;
  readonly id: string;
  readonly token: string;
}

/** The first message: the peer is open, or refused. */
export interface FirstMessage {
  readonly type: string;
  /** The reason of a refusal. */
  readonly text: string | undefined;
  readonly closeCode: number | undefined;
  /** Milliseconds since the call. */
  readonly took: number;
}

const HEARTBEAT_MS = 5_000;
const FIRST: readonly string[] = ['OPEN', 'ERROR', 'ID-TAKEN'];

/** A peer on the PeerJS wire, as docs/protocols/peerjs.md describes it. */
export class SignalSocket {
  /** Resolves always: with type `closed` if the socket ends before a message, `silent` after `timeout` milliseconds. */
  readonly first: Promise<FirstMessage>;
  readonly #socket: WebSocket;
  readonly #listeners = new Set<(message: SignalMessage) => void>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #closeCode: number | undefined;
  #hasOpened = false;

  constructor(broker: URL, { key, id, token }: Identity, timeout: number) {
    const query = new URLSearchParams({ key, id, token, version: '1.5.5' });
    this.#socket = new WebSocket(webSocketUrl(broker, `peerjs?${query.toString()}`));
    this.#heartbeat = setInterval(() => this.send({ type: 'HEARTBEAT' }), HEARTBEAT_MS);
    this.first = this.#waitForFirst(timeout);
    this.#socket.addEventListener('open', () => (this.#hasOpened = true));
    this.#socket.addEventListener('message', ({ data }: MessageEvent<string>) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code }) => {
      this.#closeCode = code;
      clearInterval(this.#heartbeat);
    });
  }

  /** Undefined while the socket is open. 1006 has no further meaning in a browser. */
  get closeCode(): number | undefined {
    return this.#closeCode;
  }

  /** Whether the handshake succeeded. */
  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  /** @returns the function that ends the subscription. */
  listen(listener: (message: SignalMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClose(listener: (code: number) => void): void {
    this.#socket.addEventListener('close', ({ code }) => listener(code));
  }

  send(message: SignalMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close();
  }

  #receive(data: string): void {
    const message = JSON.parse(data) as SignalMessage;
    for (const listener of [...this.#listeners]) listener(message);
  }

  #waitForFirst(timeout: number): Promise<FirstMessage> {
    const start = performance.now();
    return new Promise((resolve) => {
      const end = (type: string, text?: string): void => {
        clearTimeout(timer);
        stop();
        resolve({ type, text, closeCode: this.#closeCode, took: Math.round(performance.now() - start) });
      };
      const timer = setTimeout(() => end('silent'), timeout);
      const stop = this.listen(({ type, payload }) => {
        if (FIRST.includes(type)) end(type, payload?.['msg'] as string | undefined);
      });
      this.#socket.addEventListener('close', () => end('closed'));
    });
  }
}
