import type { HttpResponse, RequestOptions } from './client/send-request.ts';
import type { StreamEvent } from './client/event-stream-parser.ts';
import type { EventStreamClient } from './client/event-stream-client.ts';
import { formatValue } from './assertions.ts';
import { Failed } from './outcomes.ts';
import { uniqueName, type Fixture } from './fixture.ts';
import { createToken, type Claims } from './token.ts';

/** Where a hub is, if nothing else is said. */
const DEFAULT_PATH = '/.well-known/mercure';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** What is published: a form, of which a field may stand several times. */
export type Update = Readonly<Record<string, string | readonly string[]>>;

/** How somebody comes to a hub; what is not said is as it should be. */
export interface HubRequestOptions {
  /** Undefined for the one that lets in wherever one is needed; null for none. */
  readonly token?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of the query beside what is listened to. */
  readonly query?: Readonly<Record<string, string>>;
}

/** The hands of one case at a Mercure endpoint. */
export class HubClient {
  readonly #fixture: Fixture;

  constructor(scene: Fixture) {
    this.#fixture = scene;
  }

  get path(): string {
    return this.#fixture.server.settings.mercure_path ?? DEFAULT_PATH;
  }

  /** A token that the hub believes. */
  publisherToken(claims: Claims = { publish: ['*'] }): string {
    return createToken(this.#fixture.server.settings.mercure_publisher_key ?? '', claims);
  }

  subscriberToken(claims: Claims = { subscribe: ['*'] }): string {
    return createToken(this.#fixture.server.settings.mercure_subscriber_key ?? '', claims);
  }

  /** A stream, or whatever the answer is. @param selectors fields of the query: `topic`, `match`, `match_urlpattern`. */
  requestStream(name: string, selectors: Update, coming: HubRequestOptions = {}): Promise<EventStreamClient> {
    const query = formFields({ ...selectors, ...coming.query });
    const headers = this.#headers(coming, () => this.subscriberToken());
    return this.#fixture.openStream({ name, target: `${this.path}?${query.toString()}`, headers });
  }

  /** A stream. @throws Failed where it is not opened. */
  async openStream(name: string, selectors: Update, coming: HubRequestOptions = {}): Promise<EventStreamClient> {
    const stream = await this.requestStream(name, selectors, coming);
    if (stream.status !== 200) throw new Failed(`${name} was refused with ${stream.status}`);
    return stream;
  }

  requestPublish(update: Update, coming: HubRequestOptions = {}): Promise<HttpResponse> {
    const headers = { 'content-type': FORM_TYPE, ...this.#headers(coming, () => this.publisherToken()) };
    const query = coming.query === undefined ? '' : `?${formFields(coming.query).toString()}`;
    return this.request({ method: 'POST', headers, body: formFields(update).toString() }, query);
  }

  /** @returns the id of the update. @throws Failed where it is not published. */
  async publish(update: Update, coming: HubRequestOptions = {}): Promise<string> {
    const { status, body } = await this.requestPublish(update, coming);
    if (status !== 200) throw new Failed(`publishing was refused with ${status} ${body.slice(0, 80)}`);
    return body;
  }

  request(asking: RequestOptions, query = ''): Promise<HttpResponse> {
    return this.#fixture.requestAt(this.path + query, asking);
  }

  /** What came to a stream before an update that it must hear came: all that was published for it before. */
  async receiveUntilMarker(stream: EventStreamClient, topic: string): Promise<StreamEvent[]> {
    const id = await this.publish({ topic, data: uniqueName('marker') });
    const events: StreamEvent[] = [];
    for (;;) {
      const event = await stream.receive();
      if (event.id === id) return events;
      events.push(event);
    }
  }

  /** @throws Failed */
  async expectNothing(stream: EventStreamClient, topic: string): Promise<void> {
    const [first] = await this.receiveUntilMarker(stream, topic);
    if (first !== undefined) throw new Failed(`${stream.name} should hear nothing, and heard ${formatValue(first)}`);
  }

  #headers({ token, headers }: HubRequestOptions, usual: () => string): Record<string, string> {
    const { mercure_publisher_key: publisher, mercure_subscriber_key: subscriber } = this.#fixture.server.settings;
    const isKeyed = publisher !== undefined && subscriber !== undefined;
    const shownToken = token === undefined && isKeyed ? usual() : token;
    return { ...(shownToken === undefined || shownToken === null ? {} : { authorization: `Bearer ${shownToken}` }), ...headers };
  }
}

function formFields(fields: Update): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs);
}
