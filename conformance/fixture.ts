import { randomUUID } from 'node:crypto';
import { sendRequest, type HttpResponse, type RequestOptions } from './client/send-request.ts';
import { EventStreamClient, type StreamOptions } from './client/event-stream-client.ts';
import { PeerClient, HandshakeRefused, type SocketClose, type Frame } from './client/peer-client.ts';
import { DelayMeter } from './delay-meter.ts';
import { Transcript } from './client/transcript.ts';
import { RawConnection } from './client/raw-connection.ts';
import { formatValue } from './assertions.ts';
import { Dangerous, Failed, Inconclusive, NotTestable } from './outcomes.ts';
import type { Profile } from './profile.ts';
import { flagOf, type NumberSetting } from './settings.ts';
import { createClientToken } from './token.ts';
import { sleep, pollUntil } from './waiting.ts';

/** The interval of the PeerJS client. */
const CLIENT_HEARTBEAT_MS = 5_000;
const HEARTBEATS_PER_TIMEOUT = 4;
/**
 * Time limits allow for the time in which the suite did not run. A machine with longer delays, in milliseconds, or with many of
 * them, may also keep the server from answering in time.
 */
const MAX_SILENT_DELAY_MS = 500;
const MAX_DELAY_SHARE = 0.5;
const PROBE_ATTEMPTS = 12;
const PROBE_PAUSE_MS = 50;

/** Options for opening a socket; a missing id or token is generated. */
export interface ConnectOptions {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
  /** The `Host` header, instead of the address of the server. */
  readonly host?: string | undefined;
}

/** The test fixture of one case: creates clients for the server under test and closes all of them at the end. */
export class Fixture {
  readonly server: Profile;
  readonly transcript: Transcript;
  readonly #cleanups: (() => void)[] = [];
  readonly #clients: PeerClient[] = [];
  readonly #delays = new DelayMeter();
  readonly #echoPartners = new Map<string, PeerClient>();

  constructor(server: Profile, transcript: Transcript = new Transcript()) {
    this.server = server;
    this.transcript = transcript;
  }

  /** Sends heartbeats for every peer, at least as often as the PeerJS client. */
  keepAlive(): void {
    const { alive_timeout = Infinity } = this.server.settings;
    const heartbeat = setInterval(
      () => {
        for (const peer of this.#clients) if (peer.isOpen) peer.send({ type: 'HEARTBEAT' });
      },
      Math.min(alive_timeout / HEARTBEATS_PER_TIMEOUT, CLIENT_HEARTBEAT_MS),
    );
    this.#cleanups.push(() => clearInterval(heartbeat));
  }

  /** The longest delay of timers on this machine since the case began, in milliseconds. */
  get machineDelay(): number {
    return this.#delays.longest;
  }

  /** True if this machine was too busy to tell a slow server from its own delay. */
  get isMachineBusy(): boolean {
    const { longest, total, share } = this.#delays;
    return longest > MAX_SILENT_DELAY_MS || (total > MAX_SILENT_DELAY_MS && share > MAX_DELAY_SHARE);
  }

  get patience(): number {
    return this.server.patience;
  }

  /** @throws NotTestable if the declared message limit of the server is lower. */
  requireMessageSize(bytes: number): void {
    const { max_message_bytes = Infinity } = this.server.settings;
    if (bytes > max_message_bytes) {
      throw new NotTestable(`requires --max-message-bytes of at least ${bytes}; configure the server, then pass the flag`);
    }
  }

  /** A setting that the case depends on. @throws NotTestable if the value is unknown */
  setting(name: NumberSetting): number {
    const value = this.server.settings[name];
    if (value === undefined) throw new NotTestable(`requires ${flagOf(name)}; pass the value that the server uses`);
    return value;
  }

  /** @param target appended to the configured path. */
  request(target: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.requestAt(this.server.path + target, options);
  }

  /** @param target the complete request target. */
  requestAt(target: string, options?: RequestOptions): Promise<HttpResponse> {
    return sendRequest(this.server, this.transcript, target, options);
  }

  /** Opens a raw TCP or TLS connection. @param staysOpen whether this end stays open when the server ends the connection. */
  openRaw(staysOpen = false): RawConnection {
    const connection = new RawConnection(this.server, this.transcript, staysOpen);
    this.#cleanups.push(() => connection.terminate());
    return connection;
  }

  /** A token that the server accepts: a valid JSON Web Token of its own user if the server requires authentication (A1). */
  newToken(): string {
    const { auth, auth_key: secret } = this.server.settings;
    const name = uniqueName('token');
    return auth === 'required' && secret !== undefined ? createClientToken(secret, { sub: name }) : name;
  }

  /** The request target of a PeerJS handshake. */
  socketTarget({ id = uniqueName('peer'), token = this.newToken(), key = this.server.key }: ConnectOptions = {}): string {
    return `${this.server.path}peerjs?key=${encoded(key)}&id=${encoded(id)}&token=${encoded(token)}`;
  }

  /** Opens a socket without waiting for a frame. @throws HandshakeRefused */
  openSocket(
    name: string,
    { id = uniqueName(name), token = this.newToken(), key, origin, host }: ConnectOptions = {},
  ): Promise<PeerClient> {
    const headers = { ...(origin !== undefined && { origin }), ...(host !== undefined && { host }) };
    return this.#open({ name, target: this.socketTarget({ id, token, key }), headers, id, token });
  }

  /** Opens a socket at a verbatim target. @throws HandshakeRefused */
  openSocketAt(target: string, name = 'socket', answersPings = true, protocol?: string): Promise<PeerClient> {
    return this.#open({
      name,
      target,
      headers: {},
      id: '',
      token: '',
      answersPings,
      ...(protocol !== undefined && { protocol }),
    });
  }

  /** Opens an event stream with any response status. */
  async openStream(options: StreamOptions): Promise<EventStreamClient> {
    const stream = await EventStreamClient.open(this.server, this.transcript, options);
    this.#cleanups.push(() => stream.terminate());
    return stream;
  }

  /** The HTTP status of the handshake; 101 if the server accepts it. */
  async handshakeStatus(handshake: ConnectOptions | string): Promise<number> {
    try {
      const socket = await (typeof handshake === 'string' ? this.openSocketAt(handshake) : this.openSocket('socket', handshake));
      await socket.close();
      return 101;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.status;
      throw error;
    }
  }

  /** Opens a socket and waits for OPEN. @throws Failed if another frame arrives */
  async connect(name: string, who: ConnectOptions = {}): Promise<PeerClient> {
    const peer = await this.openSocket(name, who);
    const first = await peer.receive();
    if (first['type'] === 'OPEN') return peer;
    peer.terminate();
    throw new Failed(`${name} received ${formatValue(first)} instead of OPEN`);
  }

  /** Retries until the id is free or the server has capacity. @throws Failed after the patience */
  connectWhenFree(name: string, who: ConnectOptions = {}): Promise<PeerClient> {
    return pollUntil(this.patience, `the server to accept ${name}`, () => this.connect(name, who));
  }

  /** Connects the peers Ann and Bob. */
  connectPair(): Promise<[PeerClient, PeerClient]> {
    return Promise.all([this.connect('ann'), this.connect('bob')]);
  }

  /** Opens another socket with the id and token of a peer, without waiting for a frame. */
  reconnect(peer: PeerClient): Promise<PeerClient> {
    return this.openSocket(`${peer.name}-again`, { id: peer.id, token: peer.token });
  }

  /** As `reconnect`; then waits for OPEN, the sign that the server has handled the reconnect, and leaves it unread. */
  async reconnectAndSettle(peer: PeerClient): Promise<PeerClient> {
    const again = await this.reconnect(peer);
    await again.waitUntilAnswered();
    return again;
  }

  /**
   * Sends a message to a partner and waits for its echo.
   * @returns all frames that `peer` received before the echo: every response to its earlier frames.
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

  /** Asserts that `peer` receives no frame before an echo. @throws Failed */
  async expectNothing(peer: PeerClient, key?: string): Promise<void> {
    const frames = await this.receiveUntilEcho(peer, key);
    if (frames.length > 0) throw new Failed(`${peer.name} should receive no frame, but received ${formatValue(frames[0])}`);
  }

  /** Asserts that `peer` receives no frame that is addressed to another peer. @throws Dangerous */
  async expectNoLeak(peer: PeerClient, key?: string): Promise<void> {
    const frames = await this.receiveUntilEcho(peer, key);
    if (frames.length > 0) {
      throw new Dangerous(`${peer.name} received a frame that is addressed to another peer: ${formatValue(frames[0])}`);
    }
  }

  /**
   * Tests whether frames of `from` are still relayed to `to`; returns the close info if the socket of `from` was closed. Several
   * messages of a partner arrive first, so a slow server is not mistaken for one that ignores `from`.
   */
  async checkRelay(from: PeerClient, to: PeerClient): Promise<'relayed' | 'ignored' | SocketClose> {
    const partner = await this.#echoPartner(this.server.key);
    const next = uniqueName('next');
    from.sendOffer(to.id, next);
    for (let n = 0; n < PROBE_ATTEMPTS && from.isOpen; n++) {
      const marker = uniqueName('marker');
      partner.sendOffer(to.id, marker);
      for (let payload: unknown; payload !== marker; payload = (await to.receive())['payload']) {
        if (payload === next) return 'relayed';
      }
      await sleep(PROBE_PAUSE_MS);
    }
    return from.isOpen ? 'ignored' : from.waitForClose();
  }

  /**
   * For a message that must still be held: it was sent at `sentAt`, and its receiver has just connected.
   * @throws Inconclusive if the message may have expired meanwhile, because the machine is slow
   */
  requireHeld(sentAt: number): void {
    const age = Math.round(performance.now() - sentAt);
    if (age >= this.setting('expire_timeout')) throw new Inconclusive(`the receiver connected ${age} ms after the message`);
  }

  /** For rules about time. */
  async wait(ms: number): Promise<void> {
    this.transcript.noted('suite', `waits ${ms} ms`);
    await sleep(ms);
  }

  /** Closes all clients. Peers leave with a close frame: lost connections are the question of few cases. */
  async close(): Promise<void> {
    this.#delays.stop();
    for (const leave of this.#cleanups) leave();
    await Promise.all(this.#clients.map((peer) => peer.close()));
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
    return peer;
  }
}

/** A name that is unique in this run. */
export function uniqueName(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text);
}
