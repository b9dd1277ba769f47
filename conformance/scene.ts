import { randomUUID } from 'node:crypto';
import { ask, type Answer, type Asking } from './far-end/ask.ts';
import { FarStream, type Listening } from './far-end/far-stream.ts';
import { FarPeer, HandshakeRefused, type Closing, type Frame } from './far-end/far-peer.ts';
import { Transcript } from './far-end/transcript.ts';
import { Wire } from './far-end/wire.ts';
import { shown } from './claims.ts';
import { Dangerous, Failed, NotTestable } from './outcomes.ts';
import type { Profile } from './profile.ts';
import { flagOf, type NumberName } from './settings.ts';
import { elapsed, until } from './waiting.ts';

const SHORT_PATIENCE_MS = 30_000;
const HEARTBEATS_PER_TIMEOUT = 4;
const OVERTAKINGS = 12;
const OVERTAKING_PAUSE_MS = 50;

/** Who opens a socket; what is not said is made up. */
export interface Who {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
}

/** What one case is given: a server, and hands at its far end. All that it opens is cut in the end. */
export class Scene {
  readonly server: Profile;
  readonly transcript: Transcript;
  readonly #leaving: (() => void)[] = [];
  readonly #peers: FarPeer[] = [];
  readonly #partners = new Map<string, FarPeer>();

  constructor(server: Profile, transcript: Transcript = new Transcript()) {
    this.server = server;
    this.transcript = transcript;
  }

  /** Keeps every peer alive from now on, where the server is short of patience. */
  keepsAlive(): void {
    const { alive_timeout = Infinity } = this.server.settings;
    if (alive_timeout > SHORT_PATIENCE_MS) return;
    const beating = setInterval(() => {
      for (const peer of this.#peers) if (peer.isOpen) peer.sends({ type: 'HEARTBEAT' });
    }, alive_timeout / HEARTBEATS_PER_TIMEOUT);
    this.#leaving.push(() => clearInterval(beating));
  }

  get patience(): number {
    return this.server.patience;
  }

  /** @throws NotTestable where the server is known to take no message of this size. */
  needsRoomFor(bytes: number): void {
    const { max_message_bytes = Infinity } = this.server.settings;
    if (bytes > max_message_bytes) throw new NotTestable(`needs a server with max-message-bytes of at least ${bytes}`);
  }

  /** A setting of the server that the case can't do without. @throws NotTestable where it is not known. */
  setting(name: NumberName): number {
    const value = this.server.settings[name];
    if (value === undefined) throw new NotTestable(`not known: ${flagOf(name)}`);
    return value;
  }

  /** @param target behind the configured path. */
  asks(target: string, asking?: Asking): Promise<Answer> {
    return this.asksAt(this.server.path + target, asking);
  }

  /** @param target all of it. */
  asksAt(target: string, asking?: Asking): Promise<Answer> {
    return ask(this.server, this.transcript, target, asking);
  }

  /** A bare connection to the server. */
  wire(): Wire {
    const wire = new Wire(this.server, this.transcript);
    this.#leaving.push(() => wire.cut());
    return wire;
  }

  /** The target of a handshake. */
  socketTarget({ id = fresh('peer'), token = fresh('token'), key = this.server.key }: Who = {}): string {
    return `${this.server.path}peerjs?key=${encoded(key)}&id=${encoded(id)}&token=${encoded(token)}`;
  }

  /** A socket, whatever is heard on it. @throws HandshakeRefused */
  opens(name: string, { id = fresh(name), token = fresh('token'), key, origin }: Who = {}): Promise<FarPeer> {
    const headers = origin === undefined ? {} : { origin };
    return this.#open({ name, target: this.socketTarget({ id, token, key }), headers, id, token });
  }

  /** A socket for a target as it stands. @throws HandshakeRefused */
  opensAt(target: string, name = 'socket', answersPings = true): Promise<FarPeer> {
    return this.#open({ name, target, headers: {}, id: '', token: '', answersPings });
  }

  /** A stream of events, or whatever the answer is. */
  async listens(listening: Listening): Promise<FarStream> {
    const stream = await FarStream.open(this.server, this.transcript, listening);
    this.#leaving.push(() => stream.cut());
    return stream;
  }

  /** The HTTP status that answers a handshake: 101 where it is accepted. */
  async statusOf(asked: Who | string): Promise<number> {
    try {
      const socket = await (typeof asked === 'string' ? this.opensAt(asked) : this.opens('socket', asked));
      socket.cut();
      return 101;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.status;
      throw error;
    }
  }

  /** A peer that has heard OPEN. @throws Failed where it hears something else. */
  async enters(name: string, who: Who = {}): Promise<FarPeer> {
    const peer = await this.opens(name, who);
    const first = await peer.hears();
    if (first['type'] === 'OPEN') return peer;
    peer.cut();
    throw new Failed(`${name} heard ${shown(first)} instead of OPEN`);
  }

  /** A peer that may have to wait for its id, or for room. @throws Failed */
  entersWhenFree(name: string, who: Who = {}): Promise<FarPeer> {
    return until(this.patience, `room for ${name}`, () => this.enters(name, who));
  }

  /** Ann and Bob. */
  pair(): Promise<[FarPeer, FarPeer]> {
    return Promise.all([this.enters('ann'), this.enters('bob')]);
  }

  /** Another socket with the id and token of a peer; what it hears is not looked at. */
  comesBack(peer: FarPeer): Promise<FarPeer> {
    return this.opens(`${peer.name}-again`, { id: peer.id, token: peer.token });
  }

  /**
   * What came to `peer` before its word to a partner, and the partner's word back, had gone round: all that the
   * server had to say to what `peer` sent before.
   */
  async hearsBeforeEcho(peer: FarPeer, key: string = this.server.key): Promise<Frame[]> {
    const partner = await this.#partner(key);
    const echo = fresh('echo');
    peer.offers(partner.id, echo);
    while ((await partner.hears())['payload'] !== echo);
    partner.offers(peer.id, echo);
    const frames: Frame[] = [];
    for (;;) {
      const frame = await peer.hears();
      if (frame['payload'] === echo) return frames;
      frames.push(frame);
    }
  }

  /** Nothing came to `peer`, by the measure of an echo. @throws Failed */
  async hearsNothing(peer: FarPeer, key?: string): Promise<void> {
    const frames = await this.hearsBeforeEcho(peer, key);
    if (frames.length > 0) throw new Failed(`${peer.name} should hear nothing, and heard ${shown(frames[0])}`);
  }

  /** The same, where what comes would be meant for somebody else. @throws Dangerous */
  async overhearsNothing(peer: FarPeer, key?: string): Promise<void> {
    const frames = await this.hearsBeforeEcho(peer, key);
    if (frames.length > 0) throw new Dangerous(`${peer.name} heard what is not meant for it: ${shown(frames[0])}`);
  }

  /**
   * Whether what `from` sends still reaches `to`, or how the socket of `from` was closed. Words of a partner that overtake
   * it, again and again, show that it is not merely late, however slow the server is.
   */
  async fateOf(from: FarPeer, to: FarPeer): Promise<'heard' | 'unheard' | Closing> {
    const partner = await this.#partner(this.server.key);
    const next = fresh('next');
    from.offers(to.id, next);
    for (let n = 0; n < OVERTAKINGS && from.isOpen; n++) {
      const word = fresh('word');
      partner.offers(to.id, word);
      for (let heard: unknown; heard !== word; heard = (await to.hears())['payload']) if (heard === next) return 'heard';
      await elapsed(OVERTAKING_PAUSE_MS);
    }
    return from.isOpen ? 'unheard' : from.closed();
  }

  /** For rules that are about time. */
  async waits(ms: number): Promise<void> {
    this.transcript.noted('suite', `waits ${ms} ms`);
    await elapsed(ms);
  }

  /** Cuts all that was opened. */
  end(): void {
    for (const leave of this.#leaving) leave();
  }

  async #partner(key: string): Promise<FarPeer> {
    const known = this.#partners.get(key);
    if (known?.isOpen === true) return known;
    const partner = await this.enters('partner', { key });
    this.#partners.set(key, partner);
    return partner;
  }

  async #open(opening: Parameters<typeof FarPeer.open>[2]): Promise<FarPeer> {
    const peer = await FarPeer.open(this.server, this.transcript, opening);
    this.#peers.push(peer);
    this.#leaving.push(() => peer.cut());
    return peer;
  }
}

/** A name that nothing else in this run has. */
export function fresh(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text);
}
