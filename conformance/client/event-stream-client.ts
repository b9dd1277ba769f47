import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Failed } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import { EventStreamParser, type StreamEvent } from './event-stream-parser.ts';
import type { Transcript } from './transcript.ts';

/** What a stream is asked for with. */
export interface StreamOptions {
  /** What the transcript calls it. */
  readonly name: string;
  /** All of the target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A stream of server-sent events at the server's far end. */
export class EventStreamClient {
  readonly name: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Resolves when it is over, whoever ended it. */
  readonly ended: Promise<void>;
  /** Events that were not asked for yet. */
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
      // A stream that is cut is over like any other; `close` follows.
      incoming.on('error', (error) => transcript.noted(name, error.message));
      incoming.once('close', () => {
        transcript.noted(name, 'is over');
        this.#isEnded = true;
        resolve();
        this.#onChange();
      });
    });
  }

  /**
   * Whatever the status of the answer is.
   * @throws Failed where no answer comes in time; what Node throws where no connection comes about.
   */
  static async open(
    server: Profile,
    transcript: Transcript,
    { name, target, headers = {} }: StreamOptions,
  ): Promise<EventStreamClient> {
    const { host, port, secure, trustsAnyCertificate, patience } = server;
    const send = secure ? httpsRequest : httpRequest;
    const asked = { accept: 'text/event-stream', ...headers };
    transcript.sent(name, [`GET ${target}`, ...Object.entries(headers).map((pair) => pair.join(': '))].join('\n'));
    const outgoing = send({ host, port, path: target, headers: asked, agent: false, rejectUnauthorized: !trustsAnyCertificate });
    try {
      const incoming = await withTimeout(patience, `an answer to GET ${target.slice(0, 80)}`, responseTo(outgoing));
      return new EventStreamClient(name, incoming, patience, transcript);
    } catch (error) {
      outgoing.destroy();
      throw error;
    }
  }

  /** The next event. @throws Failed where none comes. */
  async receive(): Promise<StreamEvent> {
    let event: StreamEvent | undefined;
    await this.#waitUntil(`an event to ${this.name}`, () => (event = this.unread.shift()) !== undefined);
    return event ?? { data: '' };
  }

  /** So many events. @throws Failed */
  async receiveMany(count: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    while (events.length < count) events.push(await this.receive());
    return events;
  }

  /** So many comments came since it was opened. @throws Failed */
  waitForComments(count: number): Promise<void> {
    return this.#waitUntil(`${count} comments to ${this.name}`, () => this.#parser.comments >= count);
  }

  /** @throws Failed where the server leaves it open. */
  waitForClose(): Promise<void> {
    return withTimeout(this.#patience, `the stream of ${this.name} to be ended`, this.ended);
  }

  /** Lets the server's bytes pile up. */
  pauseReading(): void {
    this.#incoming.pause();
  }

  resumeReading(): void {
    this.#incoming.resume();
  }

  /** As a network does that goes away. Harmless when it is over. */
  terminate(): void {
    this.#incoming.destroy();
  }

  async #waitUntil(what: string, isThere: () => boolean): Promise<void> {
    const there = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (isThere()) resolve();
        else if (this.#isEnded) reject(new Failed(`the stream of ${this.name} was over before ${what} came`));
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
