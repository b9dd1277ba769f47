import { assertMembers, assertThat, formatValue } from './assertions.ts';
import type { Frame, PeerClient } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';

/** The default path of a Centrifuge server. */
const DEFAULT_PATH = '/connection/websocket';
const PING = '{}';

/** The request target of the Centrifuge endpoint. */
export function centrifugeTarget(scene: Fixture, query = ''): string {
  return (scene.server.settings.centrifuge_path ?? DEFAULT_PATH) + query;
}

/** A client with the JSON protocol of Centrifuge. It answers pings, and reads several messages from one frame. */
export class CentrifugeClient {
  readonly socket: PeerClient;
  /** The number of received pings. */
  pings = 0;
  #id = 0;
  readonly #messages: Frame[] = [];
  readonly #answersPings: boolean;

  private constructor(socket: PeerClient, answersPings: boolean) {
    this.socket = socket;
    this.#answersPings = answersPings;
  }

  /** Opens a socket without any command. */
  static async open(scene: Fixture, name: string, answersPings = true): Promise<CentrifugeClient> {
    return new CentrifugeClient(await scene.openSocketAt(centrifugeTarget(scene), name), answersPings);
  }

  /** CF3, CF6: connects and subscribes. @throws Failed */
  static async connect(scene: Fixture, name: string, ...channels: readonly string[]): Promise<CentrifugeClient> {
    const client = await CentrifugeClient.open(scene, name);
    assertMembers('the reply to connect', await client.call('connect', {}), { error: undefined });
    for (const channel of channels) {
      assertMembers('the reply to subscribe', await client.call('subscribe', { channel }), { error: undefined });
    }
    return client;
  }

  /** The text of a command. Each call has the next id. */
  command(name: string, parameters: object): string {
    return JSON.stringify({ id: ++this.#id, [name]: parameters });
  }

  /** Sends a command without waiting for its reply. */
  send(name: string, parameters: object): this {
    this.socket.sendText(this.command(name, parameters));
    return this;
  }

  /** Sends a command and waits for its reply. Pushes before it are kept. @throws Failed */
  async call(name: string, parameters: object): Promise<Frame> {
    this.send(name, parameters);
    const early: Frame[] = [];
    for (;;) {
      const message = await this.receive();
      if (message['id'] !== undefined) {
        this.#messages.unshift(...early);
        assertThat(message['id'] === this.#id, `the reply to ${name}: expected the id ${this.#id}, got ${formatValue(message)}`);
        return message;
      }
      early.push(message);
    }
  }

  /** The next reply or push. @throws Failed */
  async receive(): Promise<Frame> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      for (const line of (await this.socket.receiveText()).split('\n')) this.#read(line);
    }
  }

  /** Waits for some pings. @throws Failed */
  async waitForPings(count: number): Promise<void> {
    const end = this.pings + count;
    while (this.pings < end) this.#read(await this.socket.receiveText());
  }

  /**
   * Publishes a marker on `channel` through `publisher`, and waits for it.
   * @returns the channels and the data of all pushes before the marker
   */
  async pushesBeforeMarker(publisher: CentrifugeClient, channel: string): Promise<readonly (readonly [unknown, unknown])[]> {
    const marker = uniqueName('marker');
    publisher.send('publish', { channel, data: marker });
    const pushes: [unknown, unknown][] = [];
    for (;;) {
      const push = pushIn(await this.receive());
      if (push?.[1] === marker) return pushes;
      if (push !== undefined) pushes.push(push);
    }
  }

  #read(line: string): void {
    if (line === '') return;
    if (line !== PING) return void this.#messages.push(JSON.parse(line) as Frame);
    this.pings += 1;
    if (this.#answersPings) this.socket.sendText(PING);
  }
}

/** The channel and the data of a push; undefined for another message. */
function pushIn(message: Frame): [unknown, unknown] | undefined {
  const push = message['push'] as { channel?: unknown; pub?: { data?: unknown } } | undefined;
  return push?.pub === undefined ? undefined : [push.channel, push.pub.data];
}
