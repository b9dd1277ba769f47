import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { profileOf, type Profile } from '../../../../conformance/profile.ts';
import type { Settings } from '../../../../conformance/settings.ts';
import { readFrame } from '../../../conformance/mutants/frame.ts';

/** The fault of the server. */
export type Fault =
  | 'relays a forged src'
  | 'relays a forged src of held messages'
  | 'parses leniently'
  | 'reorders messages'
  | 'delivers twice'
  | 'delivers to another peer'
  | 'relays unknown members'
  | 'changes the type'
  | 'loses held messages'
  | 'delivers held messages twice'
  | 'reverses held messages'
  | 'delivers held messages before OPEN'
  | 'holds LEAVE'
  | 'ignores tokens'
  | 'frees no id'
  | 'frees no id at LEAVE'
  | 'keeps the socket open after LEAVE'
  | 'frees the id of a replaced socket'
  | 'sends no OPEN'
  | 'sends OPEN before a refusal'
  | 'keeps the old socket open'
  | 'ignores a socket after bad JSON'
  | 'tolerates any bad JSON'
  | 'crashes on bad JSON'
  | 'answers HEARTBEAT'
  | 'answers no ping'
  | 'never closes silent peers'
  | 'closes active peers'
  | 'sends no EXPIRE'
  | 'sends EXPIRE early'
  | 'broadcasts EXPIRE'
  | 'sends EXPIRE to the next owner of the id'
  | 'serializes payloads again'
  | 'compares ids in lower case'
  | 'sends EXPIRE and delivers'
  | 'has no mailbox limits'
  | 'sends EXPIRE despite capacity'
  | 'exceeds the concurrent limit'
  | 'mixes realms'
  | 'accepts invalid ids';

const SETTINGS = {
  key: ['here', 'there'],
  expire_timeout: 60_000,
  alive_timeout: 60_000,
  cleanup_out_msgs: 50,
  concurrent_limit: 1_000,
  mailbox_messages: 30,
  mailboxes_per_sender: 3,
} satisfies Settings;

/** The configurable settings. */
export interface FaultySettings extends Partial<Record<'expire_timeout' | 'alive_timeout' | 'concurrent_limit', number>> {
  /** Processing delay of frames, in ms. Pings are answered immediately. */
  readonly lag?: number;
  /** Whether it answers a HEARTBEAT, by the number of connected peers of the same run. */
  readonly answersHeartbeat?: (peers: number) => boolean;
}

const PATIENCE_MS = 5_000;
/** M10: tolerated malformed frames per socket. */
const MAX_MALFORMED = 20;
const REFUSAL_TEXTS = { full: 'Server has reached its concurrent user limit', unfit: 'Invalid id' };

interface Peer {
  readonly id: string;
  readonly realm: string;
  readonly token: string;
  readonly socket: WebSocket;
  receivedAt: number;
  /** Number of malformed frames received. */
  malformed: number;
}

interface HeldMessage {
  readonly text: string;
  readonly from: string;
  readonly token: string;
  readonly at: number;
}

type Message = Readonly<Record<string, unknown>> & { readonly type?: unknown; readonly dst?: unknown };

/** A small PeerJS server with at most one fault, which otherwise conforms to the rules of the model. */
export class FaultyServer {
  readonly #fault: Fault | undefined;
  readonly #settings: typeof SETTINGS;
  readonly #lag: number | undefined;
  readonly #answersHeartbeat: (peers: number) => boolean;
  readonly #server: WebSocketServer;
  readonly #peers = new Map<string, Peer>();
  readonly #mailboxes = new Map<string, HeldMessage[]>();
  readonly #delayed = new Map<WebSocket, string[]>();
  /** The payloads of frames, as JSON text. */
  readonly #payloads = new WeakMap<object, string | undefined>();
  readonly #sweepTimer: NodeJS.Timeout;
  #sweptAt = performance.now();
  #runTimeAtSweep = 0;

  private constructor(fault: Fault | undefined, { lag, answersHeartbeat, ...settings }: FaultySettings) {
    this.#fault = fault;
    this.#lag = lag;
    this.#answersHeartbeat = answersHeartbeat ?? (() => fault === 'answers HEARTBEAT');
    this.#settings = { ...SETTINGS, ...settings };
    this.#server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: fault !== 'answers no ping' });
    this.#server.on('connection', (socket, request) => this.#accept(socket, request));
    this.#sweepTimer = setInterval(() => this.#sweep(), this.#settings.cleanup_out_msgs);
  }

  static async start(fault?: Fault, settings: FaultySettings = {}): Promise<FaultyServer> {
    const server = new FaultyServer(fault, settings);
    await once(server.#server, 'listening');
    return server;
  }

  get profile(): Profile {
    const { port } = this.#server.address() as AddressInfo;
    const address = { host: '127.0.0.1', port, secure: false, trustsAnyCertificate: false };
    return profileOf(address, this.#settings, PATIENCE_MS);
  }

  /**
   * Milliseconds that the server has run. The time between two sweeps counts as two intervals at most, because a process that did
   * not run has unread frames.
   */
  get #runTime(): number {
    return this.#runTimeAtSweep + Math.min(performance.now() - this.#sweptAt, 2 * this.#settings.cleanup_out_msgs);
  }

  stop(): void {
    clearInterval(this.#sweepTimer);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #accept(socket: WebSocket, { url = '' }: IncomingMessage): void {
    const query = new URL(url, 'http://server').searchParams;
    const [id = '', token = '', key = ''] = ['id', 'token', 'key'].map((name) => query.get(name) ?? '');
    const realm = this.#fault === 'mixes realms' ? 'any' : key;
    const peer: Peer = { id, realm, token, socket, receivedAt: this.#runTime, malformed: 0 };
    this.#afterLag(() => this.#admit(peer));
    socket.on('message', (bytes) => this.#afterLag(() => this.#handleFrame(peer, (bytes as Buffer).toString())));
    socket.on('close', () => this.#afterLag(() => this.#handleClose(peer)));
  }

  /** Keeps the order of calls. */
  #afterLag(work: () => void): void {
    if (this.#lag === undefined) work();
    else setTimeout(work, this.#lag);
  }

  #admit(peer: Peer): void {
    const { socket } = peer;
    const refusal = this.#refusal(peer);
    if (refusal === undefined) return this.#register(peer);
    if (this.#fault === 'sends OPEN before a refusal') socket.send('{"type":"OPEN"}');
    socket.send(JSON.stringify({ type: refusal.type, payload: { msg: refusal.why } }));
    socket.close(refusal.code);
  }

  #handleFrame(peer: Peer, text: string): void {
    if (peer.malformed > 0 && this.#fault === 'ignores a socket after bad JSON') return;
    peer.receivedAt = this.#runTime;
    const message = this.#parse(text);
    if (message !== undefined) return this.#dispatch(peer, message);
    peer.malformed++;
    if (peer.malformed > MAX_MALFORMED && this.#fault !== 'tolerates any bad JSON') this.#close(peer, 1007);
  }

  #handleClose(peer: Peer): void {
    const isCurrent = this.#peers.get(idKey(peer)) === peer || this.#fault === 'frees the id of a replaced socket';
    if (isCurrent && this.#fault !== 'frees no id') this.#peers.delete(idKey(peer));
  }

  #refusal(peer: Peer): { type: string; why: string; code: number } | undefined {
    const { id, token, realm } = peer;
    if (/\p{Cc}/u.test(id) && this.#fault !== 'accepts invalid ids') {
      return { type: 'ERROR', why: REFUSAL_TEXTS.unfit, code: 1008 };
    }
    const owner = this.#peers.get(idKey(peer));
    if (owner !== undefined) {
      const isSame = owner.token === token || this.#fault === 'ignores tokens';
      return isSame ? undefined : { type: 'ID-TAKEN', why: 'ID is taken', code: 1008 };
    }
    const room = this.#settings.concurrent_limit + (this.#fault === 'exceeds the concurrent limit' ? 1 : 0);
    const isFull = [...this.#peers.values()].filter((other) => other.realm === realm).length >= room;
    return isFull ? { type: 'ERROR', why: REFUSAL_TEXTS.full, code: 1013 } : undefined;
  }

  #register(peer: Peer): void {
    const before = this.#peers.get(idKey(peer));
    this.#peers.set(idKey(peer), peer);
    if (this.#fault !== 'keeps the old socket open') before?.socket.close(4001);
    if (this.#fault === 'delivers held messages before OPEN') this.#deliverHeld(peer);
    if (this.#fault !== 'sends no OPEN') peer.socket.send('{"type":"OPEN"}');
    this.#deliverHeld(peer);
  }

  #deliverHeld(peer: Peer): void {
    const held = this.#mailboxes.get(idKey(peer)) ?? [];
    if (this.#fault !== 'delivers held messages twice') this.#mailboxes.delete(idKey(peer));
    if (this.#fault === 'loses held messages') held.shift();
    if (this.#fault === 'reverses held messages') held.reverse();
    for (const { text } of held) peer.socket.send(text);
  }

  #parse(text: string): Message | undefined {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        this.#payloads.set(value, readFrame(Buffer.from(text))?.payload);
        return value as Message;
      }
    } catch {
      if (this.#fault === 'crashes on bad JSON') this.stop();
      const repaired = text
        .replace('/**/', '')
        .replace(/,\}$/, '}')
        .replace(/ and more$/, '')
        .replaceAll("'", '"');
      if (this.#fault === 'parses leniently' && repaired !== text) return this.#parse(repaired);
    }
    return undefined;
  }

  #dispatch(peer: Peer, message: Message): void {
    // Frames of a replaced socket are ignored.
    if (this.#peers.get(idKey(peer)) !== peer && this.#fault !== 'keeps the old socket open') return;
    const { type, dst } = message;
    if (type === 'HEARTBEAT' && this.#answersHeartbeat(this.#peersOfRun(peer))) peer.socket.send('{"type":"HEARTBEAT"}');
    if (!/^(OFFER|ANSWER|CANDIDATE|LEAVE)$/.test(String(type))) return;
    if (typeof dst === 'string') return this.#relay(peer, dst, message);
    if (type === 'LEAVE') this.#handleLeave(peer);
  }

  #handleLeave(peer: Peer): void {
    if (this.#fault === 'keeps the socket open after LEAVE') return void this.#peers.delete(idKey(peer));
    this.#close(peer, 1000);
    // A new entry, which the close of the socket does not remove.
    if (this.#fault === 'frees no id at LEAVE') this.#peers.set(idKey(peer), { ...peer });
  }

  #close(peer: Peer, code: number): void {
    if (this.#peers.get(idKey(peer)) === peer) this.#peers.delete(idKey(peer));
    peer.socket.close(code);
  }

  /** The ids of a run begin with the same digits. */
  #peersOfRun({ id }: Peer): number {
    const [run] = id.split('-');
    return [...this.#peers.values()].filter((other) => other.id.split('-')[0] === run).length;
  }

  #relay(peer: Peer, dst: string, message: Message): void {
    const { type, payload, src } = message;
    const receiver = this.#receiver(peer, dst, type);
    const isForged =
      this.#fault === 'relays a forged src' || (this.#fault?.endsWith('of held messages') && receiver === undefined);
    const spoofed = isForged === true && src !== undefined ? src : peer.id;
    const kind = this.#fault === 'changes the type' && type === 'ANSWER' ? 'OFFER' : type;
    const extra = this.#fault === 'relays unknown members' ? message : {};
    // M2: the bytes of the payload.
    const raw = this.#fault === 'serializes payloads again' ? JSON.stringify(payload) : this.#payloads.get(message);
    const head = JSON.stringify({ ...extra, type: kind, src: spoofed, dst, payload: undefined });
    const text = raw === undefined ? head : `${head.slice(0, -1)},"payload":${raw}}`;
    if (receiver !== undefined) return this.#deliver(receiver, text);
    if (type !== 'LEAVE' || this.#fault === 'holds LEAVE') this.#hold(peer, dst, text);
  }

  #receiver({ realm }: Peer, dst: string, type: unknown): Peer | undefined {
    const others = [...this.#peers.values()];
    if (this.#fault === 'delivers to another peer' && type === 'ANSWER') {
      return others.find(({ id }) => id !== dst && isOfSameRun(id, dst));
    }
    if (this.#fault === 'compares ids in lower case') {
      return others.find((peer) => peer.realm === realm && peer.id.toLowerCase() === dst.toLowerCase());
    }
    return this.#peers.get(idKey({ realm, id: dst }));
  }

  #deliver({ socket }: Peer, text: string): void {
    if (this.#fault === 'reorders messages') return this.#deliverLater(socket, text);
    socket.send(text);
    if (this.#fault === 'delivers twice') socket.send(text);
  }

  /** Sends the frames of one event loop turn in reverse order. */
  #deliverLater(socket: WebSocket, text: string): void {
    const waiting = this.#delayed.get(socket);
    if (waiting !== undefined) return void waiting.unshift(text);
    this.#delayed.set(socket, [text]);
    setImmediate(() => {
      for (const one of this.#delayed.get(socket) ?? []) socket.send(one);
      this.#delayed.delete(socket);
    });
  }

  #hold(peer: Peer, dst: string, text: string): void {
    const { id: from, token, realm } = peer;
    const box = this.#mailboxes.get(idKey({ realm, id: dst })) ?? [];
    const boxes = [...this.#mailboxes].filter(([name, held]) => inRealm(name, realm) && held.some((one) => one.from === from));
    const isFull = box.length >= this.#settings.mailbox_messages;
    const isOneMore = !box.some((one) => one.from === from) && boxes.length >= this.#settings.mailboxes_per_sender;
    const hasRoom = (!isFull && !isOneMore) || this.#fault === 'has no mailbox limits';
    if (/\p{Cc}/u.test(dst) || !hasRoom) return this.#sendExpire(peer, dst);
    if (this.#fault === 'sends EXPIRE despite capacity' && box.length === 0) return this.#sendExpire(peer, dst);
    this.#mailboxes.set(idKey({ realm, id: dst }), [...box, { text, from, token, at: this.#runTime }]);
  }

  /** M15: the owner that sent the message is notified, and no later owner of its id. */
  #sendExpire({ realm, id, token }: Pick<Peer, 'realm' | 'id' | 'token'>, absent: string): void {
    if (this.#fault === 'sends no EXPIRE') return;
    const recipients = [...this.#peers.values()].filter(
      (peer) =>
        peer.realm === realm &&
        ((peer.id === id && (peer.token === token || this.#fault === 'sends EXPIRE to the next owner of the id')) ||
          (this.#fault === 'broadcasts EXPIRE' && isOfSameRun(peer.id, id))),
    );
    for (const peer of recipients) peer.socket.send(JSON.stringify({ type: 'EXPIRE', src: absent, dst: peer.id }));
  }

  #sweep(): void {
    const now = this.#runTime;
    [this.#sweptAt, this.#runTimeAtSweep] = [performance.now(), now];
    const age = this.#settings.expire_timeout - (this.#fault === 'sends EXPIRE early' ? 250 : 0);
    for (const [name, held] of this.#mailboxes) {
      const [realm = '', id = ''] = name.split('\n');
      const due = held.filter(({ at }) => now - at >= age);
      const senders = new Map(due.map((one) => [`${one.from}\n${one.token}`, one]));
      for (const { from, token } of senders.values()) this.#sendExpire({ realm, id: from, token }, id);
      const left = held.filter((one) => this.#fault === 'sends EXPIRE and delivers' || !due.includes(one));
      if (left.length === 0) this.#mailboxes.delete(name);
      else this.#mailboxes.set(name, left);
    }
    this.#closeTimedOut(now);
  }

  #closeTimedOut(now: number): void {
    const patience = this.#settings.alive_timeout - (this.#fault === 'closes active peers' ? 500 : 0);
    for (const peer of this.#peers.values()) {
      if (now - peer.receivedAt < patience || this.#fault === 'never closes silent peers') continue;
      this.#close(peer, 4002);
    }
  }
}

function idKey({ realm, id }: { readonly realm: string; readonly id: string }): string {
  return `${realm}\n${id}`;
}

function inRealm(name: string, realm: string): boolean {
  return name.startsWith(`${realm}\n`);
}

/** True if both ids belong to the same run; other runs are played in parallel. */
function isOfSameRun(id: string, other: string): boolean {
  return id.slice(0, 8) === other.slice(0, 8);
}
