import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Failed } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import { EventStreamParser, type StreamEvent } from './event-stream-parser.ts';
import type { Transcript } from './transcript.ts';

/** Options for opening a stream. */
export interface StreamOptions {
  /** The name in the transcript. */
  readonly name: string;
  /** The request target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of one stream of server-sent events. */
export class EventStreamClient {
  readonly name: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Resolves when the stream ends, whichever side ended it. */
  readonly ended: Promise<void>;
  /** Events that have arrived and have not been received by the case yet. */
  readonly unread: StreamEvent[] = [];
  readonly #incoming: IncomingMessage;
  readonly #parser = new EventStreamParser();
  readonly #patience: number;
  #isEnded = false;
  #onChange: () => void = () => undefined;

  private constructor(name: string, incoming: IncomingMessage, patience: number, transcript: Transcript) {
    this.name = name;
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    this.#incoming = incoming;
    this.#patience = patience;
    transcript.received(name, `${this.status} ${incoming.headers['content-type'] ?? ''}`);
    incoming.setEncoding('utf8').on('data', (text: string) => {
      transcript.received(name, text);
      this.unread.push(...this.#parser.push(text));
      this.#onChange();
    });
    this.ended = new Promise((resolve) => {
      // A reset ends the stream as well; `close` follows.
      incoming.on('error', (error) => transcript.noted(name, error.message));
      incoming.once('close', () => {
        transcript.noted(name, 'ended');
        this.#isEnded = true;
        resolve();
        this.#onChange();
      });
    });
  }

  /**
   * Opens the stream with any response status.
   * @throws Failed after the patience; a Node.js error if the connection fails.
   */
  static async open(
    server: Profile,
    transcript: Transcript,
    { name, target, headers = {} }: StreamOptions,
  ): Promise<EventStreamClient> {
    const { host, port, secure, trustsAnyCertificate, patience } = server;
    const send = secure ? httpsRequest : httpRequest;
    const allHeaders = { accept: 'text/event-stream', ...headers };
    transcript.sent(name, [`GET ${target}`, ...Object.entries(headers).map((pair) => pair.join(': '))].join('\n'));
    const outgoing = send({
      host,
      port,
      path: target,
      headers: allHeaders,
      agent: false,
      rejectUnauthorized: !trustsAnyCertificate,
    });
    try {
      const incoming = await withTimeout(patience, `a response to GET ${target.slice(0, 80)}`, responseTo(outgoing));
      return new EventStreamClient(name, incoming, patience, transcript);
    } catch (error) {
      outgoing.destroy();
      throw error;
    }
  }

  /** Returns the next event. @throws Failed after the patience */
  async receive(): Promise<StreamEvent> {
    let event: StreamEvent | undefined;
    await this.#waitUntil(`an event for ${this.name}`, () => (event = this.unread.shift()) !== undefined);
    return event ?? { data: '' };
  }

  /** Returns the next `count` events. @throws Failed */
  async receiveMany(count: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    while (events.length < count) events.push(await this.receive());
    return events;
  }

  /** Waits until at least `count` comments have arrived since the stream was opened. @throws Failed */
  waitForComments(count: number): Promise<void> {
    return this.#waitUntil(`${count} comments for ${this.name}`, () => this.#parser.comments >= count);
  }

  /** Waits for the server to end the stream. @throws Failed after the patience */
  waitForClose(): Promise<void> {
    return withTimeout(this.#patience, `the server to end the stream of ${this.name}`, this.ended);
  }

  /** Applies back-pressure: bytes accumulate on the server. */
  pauseReading(): void {
    this.#incoming.pause();
  }

  resumeReading(): void {
    this.#incoming.resume();
  }

  /** Destroys the connection, like a network failure. No effect after the end. */
  terminate(): void {
    this.#incoming.destroy();
  }

  async #waitUntil(what: string, isThere: () => boolean): Promise<void> {
    const there = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (isThere()) resolve();
        else if (this.#isEnded) reject(new Failed(`the stream of ${this.name} ended before ${what} arrived`));
        else return;
        this.#onChange = () => undefined;
      };
      this.#onChange = look;
      look();
    });
    await withTimeout(this.#patience, what, there);
  }
}

function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
}
