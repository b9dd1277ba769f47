import { assertThat } from './assertions.ts';
import type { PeerClient } from './client/peer-client.ts';
import type { Fixture } from './fixture.ts';

/** The default path of a server for NATS clients. */
const DEFAULT_PATH = '/nats';
const CONNECT = { verbose: false, pedantic: false, headers: true, no_responders: true, protocol: 1 };
const PING = 'PING\r\n';
const PONG = 'PONG\r\n';

/** The request target of the endpoint. */
export function natsTarget(scene: Fixture): string {
  return scene.server.settings.nats_path ?? DEFAULT_PATH;
}

/** A client with the protocol of NATS. It answers pings. A part is a line of the server, or a message with its payload. */
export class NatsClient {
  readonly socket: PeerClient;
  /** The first line of the server. */
  info = '';
  /** The number of received pings. */
  pings = 0;
  #unread = '';
  readonly #answersPings: boolean;

  private constructor(socket: PeerClient, answersPings: boolean) {
    this.socket = socket;
    this.#answersPings = answersPings;
  }

  /** NA2: opens a socket, and waits for INFO. @throws Failed */
  static async open(scene: Fixture, name: string, answersPings = true): Promise<NatsClient> {
    const client = new NatsClient(await scene.openSocketAt(natsTarget(scene), name), answersPings);
    client.info = await client.receive();
    assertThat(client.info.startsWith('INFO '), `the first line: expected INFO, got ${client.info.slice(0, 80)}`);
    return client;
  }

  /** NA3, NA11: connects and subscribes, with the sids s0, s1 and so on. @throws Failed */
  static async connect(scene: Fixture, name: string, ...subjects: readonly string[]): Promise<NatsClient> {
    const client = await NatsClient.connectWith(scene, name, {});
    client.send(...subjects.map((subject, at) => `SUB ${subject} s${at}`));
    await client.expectNothing();
    return client;
  }

  /** NA3. @throws Failed */
  static async connectWith(scene: Fixture, name: string, options: object): Promise<NatsClient> {
    const client = await NatsClient.open(scene, name);
    return client.send(`CONNECT ${JSON.stringify({ ...CONNECT, ...options })}`);
  }

  /** Sends one frame. @param lines without their ends. */
  send(...lines: readonly string[]): this {
    return this.sendText(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Sends one binary frame. */
  sendText(text: string): this {
    if (text !== '') this.socket.sendBytes(Buffer.from(text));
    return this;
  }

  /** NA12. */
  publish(subject: string, payload: string, reply = ''): this {
    return this.send(`PUB ${subject} ${reply === '' ? '' : `${reply} `}${Buffer.byteLength(payload)}`, payload);
  }

  /** The next part. @throws Failed */
  async receive(): Promise<string> {
    for (;;) {
      const size = sizeOf(this.#unread);
      if (size === undefined || this.#unread.length < size) {
        this.#unread += await this.socket.receiveText();
        continue;
      }
      const part = this.#unread.slice(0, size);
      this.#unread = this.#unread.slice(size);
      if (part !== PING) return part;
      this.pings += 1;
      if (this.#answersPings) this.sendText(PONG);
    }
  }

  /** Sends a PING. @returns the parts before the answer. @throws Failed */
  async partsBeforePong(): Promise<readonly string[]> {
    this.sendText(PING);
    const parts: string[] = [];
    for (let part = await this.receive(); part !== PONG; part = await this.receive()) parts.push(part);
    return parts;
  }

  /** The parts after everything that `other` has sent so far. @throws Failed */
  async partsAfter(other: NatsClient): Promise<readonly string[]> {
    await other.partsBeforePong();
    return this.partsBeforePong();
  }

  /** @throws Failed if there is any part. */
  async expectNothing(): Promise<void> {
    const parts = await this.partsBeforePong();
    assertThat(parts.length === 0, `nothing was expected before PONG, got ${parts.join('').slice(0, 200)}`);
  }

  /** Waits for some pings. @throws Failed */
  async waitForPings(count: number): Promise<void> {
    const end = this.pings + count;
    while (this.pings < end) {
      this.#unread += await this.socket.receiveText();
      if (!this.#unread.startsWith(PING)) continue;
      this.#unread = this.#unread.slice(PING.length);
      this.pings += 1;
      if (this.#answersPings) this.sendText(PONG);
    }
  }
}

/** NA12: MSG, in the form in which every server writes it. */
export function messageText(subject: string, sid: string, payload: string, reply = ''): string {
  return `MSG ${subject} ${sid} ${reply === '' ? '' : `${reply} `}${Buffer.byteLength(payload)}\r\n${payload}\r\n`;
}

/** The length of the first part; undefined if its line is incomplete. */
function sizeOf(text: string): number | undefined {
  const end = text.indexOf('\n') + 1;
  if (end === 0) return undefined;
  const line = text.slice(0, end);
  const payload = /^H?MSG .* (\d+)\r\n$/i.exec(line)?.[1];
  return payload === undefined ? end : end + Number(payload) + 2;
}
