import { randomUUID } from 'node:crypto';
import { sendRequest, type HttpResponse, type RequestOptions } from './client/send-request.ts';
import { EventStreamClient, type StreamOptions } from './client/event-stream-client.ts';
import { PeerClient, HandshakeRefused, type CloseInfo, type Frame } from './client/peer-client.ts';
import { Transcript } from './client/transcript.ts';
import { RawConnection } from './client/raw-connection.ts';
import { formatValue } from './assertions.ts';
import { Dangerous, Failed, NotTestable } from './outcomes.ts';
import type { Profile } from './profile.ts';
import { flagOf, type NumberSetting } from './settings.ts';
import { sleep, pollUntil } from './waiting.ts';

const SHORT_LIVENESS_MS = 30_000;
const HEARTBEATS_PER_TIMEOUT = 4;
const PROBE_ATTEMPTS = 12;
const PROBE_PAUSE_MS = 50;

/** Who opens a socket; what is not said is made up. */
export interface ConnectOptions {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
}

/** What one case is given: a server, and hands at its far end. All that it opens is cut in the end. */
export class Fixture {
  readonly server: Profile;
  readonly transcript: Transcript;
  readonly #cleanups: (() => void)[] = [];
  readonly #clients: PeerClient[] = [];
  readonly #echoPartners = new Map<string, PeerClient>();

  constructor(server: Profile, transcript: Transcript = new Transcript()) {
    this.server = server;
    this.transcript = transcript;
  }

  /** Keeps every peer alive from now on, where the server is short of patience. */
  keepAlive(): void {
    const { alive_timeout = Infinity } = this.server.settings;
    if (alive_timeout > SHORT_LIVENESS_MS) return;
    const beating = setInterval(() => {
      for (const peer of this.#clients) if (peer.isOpen) peer.send({ type: 'HEARTBEAT' });
    }, alive_timeout / HEARTBEATS_PER_TIMEOUT);
    this.#cleanups.push(() => clearInterval(beating));
  }

  get patience(): number {
    return this.server.patience;
  }

  /** @throws NotTestable where the server is known to take no message of this size. */
  requireMessageSize(bytes: number): void {
    const { max_message_bytes = Infinity } = this.server.settings;
    if (bytes > max_message_bytes) throw new NotTestable(`needs a server with max-message-bytes of at least ${bytes}`);
  }

  /** A setting of the server that the case can't do without. @throws NotTestable where it is not known. */
  setting(name: NumberSetting): number {
    const value = this.server.settings[name];
    if (value === undefined) throw new NotTestable(`not known: ${flagOf(name)}`);
    return value;
  }

  /** @param target behind the configured path. */
  request(target: string, asking?: RequestOptions): Promise<HttpResponse> {
    return this.requestAt(this.server.path + target, asking);
  }

  /** @param target all of it. */
  requestAt(target: string, asking?: RequestOptions): Promise<HttpResponse> {
    return sendRequest(this.server, this.transcript, target, asking);
  }

  /** A bare connection to the server. */
  openRaw(): RawConnection {
    const wire = new RawConnection(this.server, this.transcript);
    this.#cleanups.push(() => wire.terminate());
    return wire;
  }

  /** The target of a handshake. */
  socketTarget({ id = uniqueName('peer'), token = uniqueName('token'), key = this.server.key }: ConnectOptions = {}): string {
    return `${this.server.path}peerjs?key=${encoded(key)}&id=${encoded(id)}&token=${encoded(token)}`;
  }

  /** A socket, whatever is heard on it. @throws HandshakeRefused */
  openSocket(
    name: string,
    { id = uniqueName(name), token = uniqueName('token'), key, origin }: ConnectOptions = {},
  ): Promise<PeerClient> {
    const headers = origin === undefined ? {} : { origin };
    return this.#open({ name, target: this.socketTarget({ id, token, key }), headers, id, token });
  }

  /** A socket for a target as it stands. @throws HandshakeRefused */
  openSocketAt(target: string, name = 'socket', answersPings = true): Promise<PeerClient> {
    return this.#open({ name, target, headers: {}, id: '', token: '', answersPings });
  }

  /** A stream of events, or whatever the answer is. */
  async openStream(listening: StreamOptions): Promise<EventStreamClient> {
    const stream = await EventStreamClient.open(this.server, this.transcript, listening);
    this.#cleanups.push(() => stream.terminate());
    return stream;
  }

  /** The HTTP status that answers a handshake: 101 where it is accepted. */
  async handshakeStatus(asked: ConnectOptions | string): Promise<number> {
    try {
      const socket = await (typeof asked === 'string' ? this.openSocketAt(asked) : this.openSocket('socket', asked));
      socket.terminate();
      return 101;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.status;
      throw error;
    }
  }

  /** A peer that has heard OPEN. @throws Failed where it hears something else. */
  async connect(name: string, who: ConnectOptions = {}): Promise<PeerClient> {
    const peer = await this.openSocket(name, who);
    const first = await peer.receive();
    if (first['type'] === 'OPEN') return peer;
    peer.terminate();
    throw new Failed(`${name} heard ${formatValue(first)} instead of OPEN`);
  }

  /** A peer that may have to wait for its id, or for room. @throws Failed */
  connectWhenFree(name: string, who: ConnectOptions = {}): Promise<PeerClient> {
    return pollUntil(this.patience, `room for ${name}`, () => this.connect(name, who));
  }

  /** Ann and Bob. */
  connectPair(): Promise<[PeerClient, PeerClient]> {
    return Promise.all([this.connect('ann'), this.connect('bob')]);
  }

  /** Another socket with the id and token of a peer; what it hears is not looked at. */
  reconnect(peer: PeerClient): Promise<PeerClient> {
    return this.openSocket(`${peer.name}-again`, { id: peer.id, token: peer.token });
  }

  /**
   * What came to `peer` before its word to a partner, and the partner's word back, had gone round: all that the
   * server had to say to what `peer` sent before.
   */
  async receiveUntilEcho(peer: PeerClient, key: string = this.server.key): Promise<Frame[]> {
    const partner = await this.#echoPartner(key);
    const echo = uniqueName('echo');
    peer.sendOffer(partner.id, echo);
    while ((await partner.receive())['payload'] !== echo);
    partner.sendOffer(peer.id, echo);
    const frames: Frame[] = [];
    for (;;) {
      const frame = await peer.receive();
      if (frame['payload'] === echo) return frames;
      frames.push(frame);
    }
  }

  /** Nothing came to `peer`, by the measure of an echo. @throws Failed */
  async expectNothing(peer: PeerClient, key?: string): Promise<void> {
    const frames = await this.receiveUntilEcho(peer, key);
    if (frames.length > 0) throw new Failed(`${peer.name} should hear nothing, and heard ${formatValue(frames[0])}`);
  }

  /** The same, where what comes would be meant for somebody else. @throws Dangerous */
  async expectNoLeak(peer: PeerClient, key?: string): Promise<void> {
    const frames = await this.receiveUntilEcho(peer, key);
    if (frames.length > 0) throw new Dangerous(`${peer.name} heard what is not meant for it: ${formatValue(frames[0])}`);
  }

  /**
   * Whether what `from` sends still reaches `to`, or how the socket of `from` was closed. Words of a partner that overtake
   * it, again and again, show that it is not merely late, however slow the server is.
   */
  async checkRelay(from: PeerClient, to: PeerClient): Promise<'heard' | 'unheard' | CloseInfo> {
    const partner = await this.#echoPartner(this.server.key);
    const next = uniqueName('next');
    from.sendOffer(to.id, next);
    for (let n = 0; n < PROBE_ATTEMPTS && from.isOpen; n++) {
      const word = uniqueName('word');
      partner.sendOffer(to.id, word);
      for (let heard: unknown; heard !== word; heard = (await to.receive())['payload']) if (heard === next) return 'heard';
      await sleep(PROBE_PAUSE_MS);
    }
    return from.isOpen ? 'unheard' : from.waitForClose();
  }

  /** For rules that are about time. */
  async wait(ms: number): Promise<void> {
    this.transcript.noted('suite', `waits ${ms} ms`);
    await sleep(ms);
  }

  /** Cuts all that was opened. */
  close(): void {
    for (const leave of this.#cleanups) leave();
  }

  async #echoPartner(key: string): Promise<PeerClient> {
    const known = this.#echoPartners.get(key);
    if (known?.isOpen === true) return known;
    const partner = await this.connect('partner', { key });
    this.#echoPartners.set(key, partner);
    return partner;
  }

  async #open(opening: Parameters<typeof PeerClient.open>[2]): Promise<PeerClient> {
    const peer = await PeerClient.open(this.server, this.transcript, opening);
    this.#clients.push(peer);
    this.#cleanups.push(() => peer.terminate());
    return peer;
  }
}

/** A name that nothing else in this run has. */
export function uniqueName(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text);
}
