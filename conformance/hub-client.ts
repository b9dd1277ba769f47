import type { HttpResponse, RequestOptions } from './client/send-request.ts';
import type { StreamEvent } from './client/event-stream-parser.ts';
import type { EventStreamClient } from './client/event-stream-client.ts';
import { formatValue } from './assertions.ts';
import { Dangerous, Failed } from './outcomes.ts';
import { uniqueName, type Fixture } from './fixture.ts';
import { createToken, type Claims } from './token.ts';

/** The default path of the hub. */
const DEFAULT_PATH = '/.well-known/mercure';
/** The content type of an update. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The form fields of a publication; a field may be repeated. */
export type Update = Readonly<Record<string, string | readonly string[]>>;

/** Options of a request to the hub; the defaults are valid. */
export interface HubRequestOptions {
  /** undefined: a valid token if the hub has keys; null: no token. */
  readonly token?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Query parameters in addition to the topic selectors. */
  readonly query?: Readonly<Record<string, string>>;
}

/** A client of a Mercure hub. */
export class HubClient {
  readonly #fixture: Fixture;

  constructor(scene: Fixture) {
    this.#fixture = scene;
  }

  get path(): string {
    return this.#fixture.server.settings.mercure_path ?? DEFAULT_PATH;
  }

  /** A valid publisher token. */
  publisherToken(claims: Claims = { publish: ['*'] }): string {
    return createToken(this.#fixture.server.settings.mercure_publisher_key ?? '', claims);
  }

  subscriberToken(claims: Claims = { subscribe: ['*'] }): string {
    return createToken(this.#fixture.server.settings.mercure_subscriber_key ?? '', claims);
  }

  /** Requests a stream; returns it with any status. @param selectors query parameters: `topic`, `match`, `match_urlpattern`. */
  requestStream(name: string, selectors: Update, options: HubRequestOptions = {}): Promise<EventStreamClient> {
    const query = formFields({ ...selectors, ...options.query });
    const headers = this.#headers(options, () => this.subscriberToken());
    return this.#fixture.openStream({ name, target: `${this.path}?${query.toString()}`, headers });
  }

  /** Opens a stream. @throws Failed if the status is not 200 */
  async openStream(name: string, selectors: Update, options: HubRequestOptions = {}): Promise<EventStreamClient> {
    const stream = await this.requestStream(name, selectors, options);
    if (stream.status !== 200) throw new Failed(`the server refused the stream of ${name} with ${stream.status}`);
    return stream;
  }

  requestPublish(update: Update, options: HubRequestOptions = {}): Promise<HttpResponse> {
    const headers = { 'content-type': FORM_TYPE, ...this.#headers(options, () => this.publisherToken()) };
    const query = options.query === undefined ? '' : `?${formFields(options.query).toString()}`;
    return this.request({ method: 'POST', headers, body: formFields(update).toString() }, query);
  }

  /** @returns the id of the update. @throws Failed if the status is not 200 */
  async publish(update: Update, options: HubRequestOptions = {}): Promise<string> {
    const { status, body } = await this.requestPublish(update, options);
    if (status !== 200) throw new Failed(`the server refused the update with ${status} ${body.slice(0, 80)}`);
    return body;
  }

  request(options: RequestOptions, query = ''): Promise<HttpResponse> {
    return this.#fixture.requestAt(this.path + query, options);
  }

  /**
   * Publishes a marker and waits for it.
   * @returns the events that arrived before the marker: all earlier updates for the stream
   */
  async receiveUntilMarker(stream: EventStreamClient, topic: string): Promise<StreamEvent[]> {
    const id = await this.publish({ topic, data: uniqueName('marker') });
    const events: StreamEvent[] = [];
    for (;;) {
      const event = await stream.receive();
      if (event.id === id) return events;
      events.push(event);
    }
  }

  /** @returns the data of the events that arrived before a marker. */
  async receiveDataUntilMarker(stream: EventStreamClient, topic: string): Promise<string[]> {
    return (await this.receiveUntilMarker(stream, topic)).map(({ data }) => data);
  }

  /** MER7: for a stream whose token does not cover the private updates of a topic. @throws Dangerous */
  async expectNoPrivateUpdate(stream: EventStreamClient, topic: string): Promise<void> {
    if ((await this.receiveUntilMarker(stream, topic)).length > 0) {
      throw new Dangerous(`${stream.name} received a private update without a matching claim`);
    }
  }

  /** @throws Failed */
  async expectNothing(stream: EventStreamClient, topic: string): Promise<void> {
    const [first] = await this.receiveUntilMarker(stream, topic);
    if (first !== undefined) throw new Failed(`${stream.name} should receive no event, but received ${formatValue(first)}`);
  }

  #headers({ token, headers }: HubRequestOptions, defaultToken: () => string): Record<string, string> {
    const { mercure_publisher_key: publisher, mercure_subscriber_key: subscriber } = this.#fixture.server.settings;
    const isKeyed = publisher !== undefined && subscriber !== undefined;
    const bearer = token === undefined && isKeyed ? defaultToken() : token;
    return { ...(bearer === undefined || bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers };
  }
}

function formFields(fields: Update): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs);
}
