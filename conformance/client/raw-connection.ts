import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Failed } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import type { Transcript } from './transcript.ts';

/** A bare TCP or TLS connection, for requests that no HTTP library sends. Bytes are encoded as Latin-1. */
export class RawConnection {
  /** Resolves when the server has closed or reset the connection. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #patience: number;
  readonly #transcript: Transcript;
  #received = '';
  #onChange: () => void = () => undefined;

  /** @param staysOpen whether this end stays open when the server ends the connection. */
  constructor(server: Profile, transcript: Transcript, staysOpen = false) {
    const { host, port, secure, trustsAnyCertificate, patience } = server;
    this.#patience = patience;
    this.#transcript = transcript;
    this.#socket = secure
      ? connectTls({ host, port, rejectUnauthorized: !trustsAnyCertificate })
      : connect({ host, port, allowHalfOpen: staysOpen });
    this.#socket.setEncoding('latin1').on('data', (text) => {
      transcript.received('wire', String(text));
      this.#received += String(text);
      this.#onChange();
    });
    this.ended = new Promise((resolve) => {
      this.#socket.once('close', () => {
        transcript.noted('wire', 'closed');
        resolve();
      });
      // A reset ends the connection as well; `close` follows.
      this.#socket.on('error', (error) => transcript.noted('wire', error.message));
    });
  }

  /** All bytes received so far. */
  get received(): string {
    return this.#received;
  }

  send(bytes: string | Uint8Array): this {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
    this.#transcript.sent('wire', buffer.toString('latin1'));
    this.#socket.write(buffer);
    return this;
  }

  /** Ends the sent direction of the TCP connection, after all bytes. */
  end(): void {
    this.#transcript.noted('wire', 'ends');
    this.#socket.end();
  }

  /** Resolves when all bytes have been written to the operating system, or the connection has ended. */
  flush(): Promise<void> {
    return Promise.race([this.ended, new Promise<void>((resolve) => this.#socket.write('', () => resolve()))]);
  }

  /** Waits until all received bytes match; returns them. @throws Failed */
  waitFor(pattern: RegExp): Promise<string> {
    const match = new Promise<string>((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(this.#received)) resolve(this.#received);
      };
      this.#onChange = look;
      void this.ended.then(() => {
        look();
        const text = JSON.stringify(this.#received.slice(0, 200));
        reject(new Failed(`the connection ended before ${String(pattern)} arrived; received ${text}`));
      });
      look();
    });
    return withTimeout(this.#patience, `${String(pattern)} on a raw connection`, match);
  }

  /** The HTTP status of the first response; undefined if the connection ends without one. @throws Failed after the patience */
  async status(): Promise<number | undefined> {
    const look = (): number | undefined => {
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(this.#received)?.[1];
      return status === undefined ? undefined : Number(status);
    };
    const answered = new Promise<void>((resolve) => {
      this.#onChange = () => look() === undefined || resolve();
      this.#onChange();
    });
    await withTimeout(this.#patience, 'a response on a raw connection', Promise.race([answered, this.ended]));
    return look();
  }

  /** Waits for the server to close or reset the connection. @throws Failed after the patience */
  waitForClose(): Promise<void> {
    return withTimeout(this.#patience, 'the server to close a raw connection', this.ended);
  }

  terminate(): void {
    this.#socket.destroy();
  }
}
