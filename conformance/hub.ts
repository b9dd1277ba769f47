import type { Answer, Asking } from './far-end/ask.ts';
import type { StreamEvent } from './far-end/event.ts';
import type { FarStream } from './far-end/far-stream.ts';
import { shown } from './claims.ts';
import { Failed } from './outcomes.ts';
import { fresh, type Scene } from './scene.ts';
import { tokenOf, type Claims } from './token.ts';

/** Where a hub is, if nothing else is said. */
const USUAL_PATH = '/.well-known/mercure';
const FORM = 'application/x-www-form-urlencoded';

/** What is published: a form, of which a field may stand several times. */
export type Update = Readonly<Record<string, string | readonly string[]>>;

/** How somebody comes to a hub; what is not said is as it should be. */
export interface Coming {
  /** Undefined for the one that lets in wherever one is needed; null for none. */
  readonly token?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of the query beside what is listened to. */
  readonly query?: Readonly<Record<string, string>>;
}

/** The hands of one case at a Mercure endpoint. */
export class Hub {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  get path(): string {
    return this.#scene.server.settings.mercure_path ?? USUAL_PATH;
  }

  /** A token that the hub believes. */
  publisherToken(claims: Claims = { publish: ['*'] }): string {
    return tokenOf(this.#scene.server.settings.mercure_publisher_key ?? '', claims);
  }

  subscriberToken(claims: Claims = { subscribe: ['*'] }): string {
    return tokenOf(this.#scene.server.settings.mercure_subscriber_key ?? '', claims);
  }

  /** A stream, or whatever the answer is. @param selectors fields of the query: `topic`, `match`, `match_urlpattern`. */
  asksToListen(name: string, selectors: Update, coming: Coming = {}): Promise<FarStream> {
    const query = fieldsOf({ ...selectors, ...coming.query });
    const headers = this.#headers(coming, () => this.subscriberToken());
    return this.#scene.listens({ name, target: `${this.path}?${query.toString()}`, headers });
  }

  /** A stream. @throws Failed where it is not opened. */
  async listens(name: string, selectors: Update, coming: Coming = {}): Promise<FarStream> {
    const stream = await this.asksToListen(name, selectors, coming);
    if (stream.status !== 200) throw new Failed(`${name} was refused with ${stream.status}`);
    return stream;
  }

  asksToPublish(update: Update, coming: Coming = {}): Promise<Answer> {
    const headers = { 'content-type': FORM, ...this.#headers(coming, () => this.publisherToken()) };
    const query = coming.query === undefined ? '' : `?${fieldsOf(coming.query).toString()}`;
    return this.asks({ method: 'POST', headers, body: fieldsOf(update).toString() }, query);
  }

  /** @returns the id of the update. @throws Failed where it is not published. */
  async publishes(update: Update, coming: Coming = {}): Promise<string> {
    const { status, body } = await this.asksToPublish(update, coming);
    if (status !== 200) throw new Failed(`publishing was refused with ${status} ${body.slice(0, 80)}`);
    return body;
  }

  asks(asking: Asking, query = ''): Promise<Answer> {
    return this.#scene.asksAt(this.path + query, asking);
  }

  /** What came to a stream before an update that it must hear came: all that was published for it before. */
  async hearsBefore(stream: FarStream, topic: string): Promise<StreamEvent[]> {
    const id = await this.publishes({ topic, data: fresh('marker') });
    const events: StreamEvent[] = [];
    for (;;) {
      const event = await stream.hears();
      if (event.id === id) return events;
      events.push(event);
    }
  }

  /** @throws Failed */
  async hearsNothing(stream: FarStream, topic: string): Promise<void> {
    const [first] = await this.hearsBefore(stream, topic);
    if (first !== undefined) throw new Failed(`${stream.name} should hear nothing, and heard ${shown(first)}`);
  }

  #headers({ token, headers }: Coming, usual: () => string): Record<string, string> {
    const { mercure_publisher_key: publisher, mercure_subscriber_key: subscriber } = this.#scene.server.settings;
    const isKeyed = publisher !== undefined && subscriber !== undefined;
    const shownToken = token === undefined && isKeyed ? usual() : token;
    return { ...(shownToken === undefined || shownToken === null ? {} : { authorization: `Bearer ${shownToken}` }), ...headers };
  }
}

function fieldsOf(fields: Update): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs);
}
