import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { within } from './until.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The address of a server, and the timeout of a test for its responses. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly timeoutMs: number;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP request on a connection of its own. `target` is sent unchanged. */
export function sendRequest(
  place: Endpoint,
  target: string,
  { method = 'GET', headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const { host, port, secure, timeoutMs } = place;
  const send = secure ? httpsRequest : httpRequest;
  const answer = new Promise<Answer>((resolve, reject) => {
    const outgoing = send({ host, port, path: target, method, headers, agent: false, rejectUnauthorized: false });
    outgoing.on('error', reject);
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    outgoing.on('response', (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
    });
    outgoing.end();
  });
  return within(timeoutMs, `an answer to ${method} ${target.slice(0, 80)}`, answer);
}

/** A raw TCP connection, for bytes that no HTTP library sends. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the server has closed or cut the connection. */
  readonly ended: Promise<void>;
  readonly #endpoint: Endpoint;
  #received = '';
  #onReceived: () => void = () => undefined;

  constructor(place: Endpoint) {
    this.#endpoint = place;
    this.socket = connect(place.port, place.host);
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.#received += String(text);
      this.#onReceived();
    });
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      // An error is followed by `close`.
      this.socket.on('error', () => this.#onReceived());
    });
  }

  get received(): string {
    return this.#received;
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** All received bytes, once they match. */
  receive(pattern: RegExp): Promise<string> {
    const match = new Promise<string>((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.#received)) resolve(this.#received);
      };
      this.#onReceived = look;
      void this.ended.then(() => (pattern.test(this.#received) ? resolve(this.#received) : reject(this.#ended(pattern))));
      look();
    });
    return within(this.#endpoint.timeoutMs, `${String(pattern)} on a raw connection`, match);
  }

  cut(): void {
    this.socket.destroy();
  }

  #ended(pattern: RegExp): Error {
    return new Error(`the connection ended before ${String(pattern)}; received ${JSON.stringify(this.#received.slice(0, 200))}`);
  }
}
