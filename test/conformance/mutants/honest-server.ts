import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { readFrame, writeFrame, type Frame, type Told } from './frame.ts';
import { HonestHttp, type Asked } from './honest-http.ts';

/** What a socket was opened with; what is missing is empty. */
export interface Who {
  readonly id: string;
  readonly token: string;
  readonly key: string;
}

export interface Peer {
  readonly id: string;
  readonly token: string;
  readonly realm: Realm;
  socket: WebSocket;
  heardAt: number;
  /** L5: when its last message came, whatever its pongs say. */
  spokeAt: number;
  malformed: number;
  /** Messages that it may still send at once. */
  allowance: number;
  allowanceAt: number;
  /** What it has sent beyond that, where it is only slowed down. */
  readonly backlog: Buffer[];
}

export interface Held {
  readonly from: Peer;
  readonly told: Told;
  readonly at: number;
}

export interface Realm {
  readonly peers: Map<string, Peer>;
  readonly mailboxes: Map<string, Held[]>;
}

export interface Refusal {
  readonly frame: object;
  readonly code: number;
}

const MEBIBYTE = 1024 * 1024;
const MOST_MALFORMED = 100;
const LOOPBACK = '127.0.0.1';

/**
 * A small PeerJS server that keeps every rule that the suite asks of others. Each method is a place where a mutant may do
 * something else. It shares no line with Signalbox.
 */
export class HonestServer extends HonestHttp {
  readonly realms = new Map<string, Realm>();
  /** How it died; undefined as long as it lives. */
  ending: string | undefined;
  readonly #connections = new Set<Socket>();
  readonly #http = createServer((request, response) => this.guarded(() => this.#answer(request, response)));
  readonly #sockets: WebSocketServer;
  readonly #sweeper: NodeJS.Timeout;

  constructor(settings: Settings) {
    super(settings);
    for (const key of this.keys) this.realms.set(key, { peers: new Map(), mailboxes: new Map() });
    this.#sockets = new WebSocketServer({
      ...{ noServer: true, maxPayload: this.largestMessage(), autoPong: this.pongs() },
      handleProtocols: (offered) => this.subprotocol(offered),
    });
    this.#http.on('upgrade', (request, socket, head) => this.guarded(() => this.#upgrade(request, socket as Socket, head)));
    this.#http.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.guarded(() => this.brokenRequest(error, socket as Socket)),
    );
    this.#sweeper = setInterval(() => this.guarded(() => this.sweeps()), settings.cleanup_out_msgs ?? 300);
  }

  async starts(): Promise<number> {
    this.#http.listen(0, LOOPBACK);
    await once(this.#http, 'listening');
    return (this.#http.address() as AddressInfo).port;
  }

  /** As when its process ends: everybody is cut, and nobody is let in any more. */
  stops(): void {
    clearInterval(this.#sweeper);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  /** What a program does with an error that nobody catches. */
  dies(error: unknown): void {
    this.ending ??= `it ended with code 1: ${String(error)}`;
    this.stops();
  }

  guarded(work: () => void): void {
    try {
      if (this.ending === undefined) work();
    } catch (error) {
      this.dies(error);
    }
  }

  // Opening

  /** O9, O10: 101 to let a socket open. */
  handshakeStatus(path: string, { origin, host }: IncomingHttpHeaders, _query: URLSearchParams): number {
    if (path !== `${this.path}peerjs`) return 404;
    return origin === undefined || origin === `http://${host}` || this.welcomes(origin) ? 101 : 403;
  }

  /** O13 */
  subprotocol(_offered: ReadonlySet<string>): string | false {
    return false;
  }

  /** O8: the last one wins. */
  parameter(query: URLSearchParams, name: string): string {
    return query.getAll(name).at(-1) ?? '';
  }

  opens(socket: WebSocket, who: Who): void {
    const refusal = this.refusalOf(who);
    if (refusal !== undefined) return this.refuses(socket, refusal);
    const realm = this.realmOf(who.key);
    const known = realm?.peers.get(who.id);
    if (realm === undefined) return;
    if (known === undefined) return this.enters(socket, who, realm);
    this.comesBack(known, socket);
  }

  /** O1, O2, O4, O6, O7. */
  refusalOf(who: Who): Refusal | undefined {
    if (who.id === '' || who.token === '' || who.key === '') {
      return refusal('No id, token, or key supplied to websocket server', 1008);
    }
    const realm = this.realmOf(who.key);
    if (realm === undefined) return refusal('Invalid key provided', 1008);
    if (!this.canBeAnId(who.id)) return refusal('Invalid id', 1008);
    const known = realm.peers.get(who.id);
    if (known !== undefined) return this.isHolder(known, who.token) ? undefined : this.taken();
    return this.isFull() ? refusal('Server has reached its concurrent user limit', 1013) : undefined;
  }

  realmOf(key: string): Realm | undefined {
    return this.realms.get(key);
  }

  canBeAnId(text: string): boolean {
    return text !== '' && [...text].length <= 128 && !/[\p{Cc}\p{Cs}]/u.test(text);
  }

  isHolder(known: Peer, token: string): boolean {
    return known.token === token;
  }

  taken(): Refusal {
    return { frame: { type: 'ID-TAKEN', payload: { msg: 'ID is taken' } }, code: 1008 };
  }

  isFull(): boolean {
    return this.headcount() >= (this.settings.concurrent_limit ?? Infinity);
  }

  headcount(): number {
    return [...this.realms.values()].reduce((count, { peers }) => count + peers.size, 0);
  }

  refuses(socket: WebSocket, { frame, code }: Refusal): void {
    socket.send(JSON.stringify(frame));
    socket.close(code);
  }

  enters(socket: WebSocket, { id, token }: Who, realm: Realm): void {
    const now = performance.now();
    const allowance = { allowance: this.settings.message_burst ?? Infinity, allowanceAt: now };
    const peer: Peer = { ...{ id, token, realm, socket, heardAt: now, spokeAt: now, malformed: 0, backlog: [] }, ...allowance };
    realm.peers.set(id, peer);
    this.serves(peer, socket);
    this.welcomed(peer);
  }

  /** O5 */
  comesBack(peer: Peer, socket: WebSocket): void {
    const old = peer.socket;
    peer.socket = socket;
    this.hearsOf(peer);
    this.serves(peer, socket);
    this.supersedes(old);
    this.welcomed(peer);
  }

  supersedes(old: WebSocket): void {
    old.close(4001, 'superseded');
  }

  /** O3, O11 */
  welcomed(peer: Peer): void {
    this.opensFor(peer);
    this.bringsMail(peer);
  }

  opensFor({ socket }: Peer): void {
    socket.send('{"type":"OPEN"}');
  }

  bringsMail(peer: Peer): void {
    for (const { told } of this.takesMail(peer)) this.tells(peer, told);
  }

  takesMail({ id, realm }: Peer): Held[] {
    const held = realm.mailboxes.get(id) ?? [];
    realm.mailboxes.delete(id);
    return held;
  }

  serves(peer: Peer, socket: WebSocket): void {
    socket.on('message', (bytes: Buffer, isBinary: boolean) =>
      this.guarded(() => this.speaksFor(peer, socket) && this.allowed(peer, bytes, isBinary)),
    );
    socket.on('close', (code) => this.guarded(() => this.closed(peer, socket, code)));
    socket.on('pong', () => this.guarded(() => this.ponged(peer)));
    // What is too large or no WebSocket frame; `close` follows.
    socket.on('error', (error) => this.guarded(() => this.broken(peer, error)));
  }

  /** Whether what comes on a socket counts as the peer's. */
  speaksFor(peer: Peer, socket: WebSocket): boolean {
    return peer.socket === socket && peer.realm.peers.get(peer.id) === peer;
  }

  broken({ socket }: Peer, _error: Error): void {
    // The code of the closing is the library's: 1009 for what is too large, 1007 for what is no text.
    if (socket.readyState === WebSocket.OPEN) socket.close();
  }

  // Messages

  /** M18 */
  largestMessage(): number {
    return this.settings.max_message_bytes ?? MEBIBYTE;
  }

  /** M19 */
  allowed(peer: Peer, bytes: Buffer, isBinary: boolean): void {
    if (this.spends(peer) && peer.backlog.length === 0) return this.heard(peer, bytes, isBinary);
    if (this.settings.on_flood !== 'pause') return peer.socket.close(1008, 'flood');
    peer.backlog.push(bytes);
    if (peer.backlog.length === 1) this.drips(peer);
  }

  spends(peer: Peer): boolean {
    const { messages_per_second: rate = Infinity, message_burst: burst = Infinity } = this.settings;
    const now = performance.now();
    peer.allowance = Math.min(burst, peer.allowance + ((now - peer.allowanceAt) / 1_000) * rate);
    peer.allowanceAt = now;
    if (peer.allowance < 1) return false;
    peer.allowance--;
    return true;
  }

  drips(peer: Peer): void {
    setTimeout(
      () =>
        this.guarded(() => {
          while (peer.backlog[0] !== undefined && this.spends(peer)) {
            this.heard(peer, peer.backlog.shift() ?? Buffer.alloc(0), false);
          }
          if (peer.backlog.length > 0) this.drips(peer);
        }),
      20,
    );
  }

  heard(peer: Peer, bytes: Buffer, _isBinary: boolean): void {
    this.hearsOf(peer);
    const frame = this.read(bytes);
    if (frame === undefined) return this.malformed(peer, bytes);
    this.takes(peer, frame);
  }

  /** M8: every message is a sign of life. */
  hearsOf(peer: Peer): void {
    peer.heardAt = performance.now();
    peer.spokeAt = peer.heardAt;
  }

  read(bytes: Buffer): Frame | undefined {
    return readFrame(bytes);
  }

  /** M10 */
  malformed(peer: Peer, _bytes: Buffer): void {
    if (++peer.malformed > MOST_MALFORMED) peer.socket.close(1007, 'malformed');
  }

  takes(peer: Peer, frame: Frame): void {
    const { type, dst } = frame;
    switch (type) {
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        if (typeof dst !== 'string' || dst === '') return this.nowhere(peer, frame);
        return this.relays(peer, { type, src: this.srcOf(peer, frame), dst, payload: this.payloadOf(frame) }, frame);
      case 'LEAVE':
      case 'EXPIRE':
        if (typeof dst === 'string' && dst !== '') return this.passesOn(peer, type, dst, frame);
        return type === 'LEAVE' && (dst === undefined || dst === null || dst === '') ? this.goodbye(peer) : undefined;
      default:
        return this.overlooks(peer, frame);
    }
  }

  /** M11, M12 */
  nowhere(_peer: Peer, _frame: Frame): void {}

  /** M8, M9 */
  overlooks(_peer: Peer, _frame: Frame): void {}

  srcOf(peer: Peer, _frame: Frame): string {
    return peer.id;
  }

  payloadOf(frame: Frame): string | undefined {
    return frame.payload;
  }

  /** M6 */
  passesOn(peer: Peer, type: string, dst: string, frame: Frame): void {
    const to = this.find(peer.realm, dst);
    if (to !== undefined) this.delivers(peer, to, { type, src: this.srcOf(peer, frame), dst, payload: this.payloadOf(frame) });
  }

  relays(peer: Peer, told: Told, _frame: Frame): void {
    const to = this.find(peer.realm, told.dst);
    if (to !== undefined) return this.delivers(peer, to, told);
    if (!this.canBeAnId(told.dst) || !this.hasRoom(peer, told)) return this.full(peer, told.dst);
    this.holds({ from: peer, told, at: performance.now() });
  }

  find(realm: Realm, id: string): Peer | undefined {
    return realm.peers.get(id);
  }

  /** M16: who reads nothing can be sent nothing, and its sender is told so. */
  delivers(from: Peer, to: Peer, told: Told): void {
    if (to.socket.bufferedAmount <= this.bufferBytes()) return this.tells(to, told);
    this.unread(from, told);
  }

  bufferBytes(): number {
    return this.settings.send_buffer_bytes ?? 8 * MEBIBYTE;
  }

  unread(from: Peer, { dst }: Told): void {
    this.tells(from, { type: 'LEAVE', src: dst, dst: from.id });
  }

  tells({ socket }: Peer, told: Told): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(this.written(told));
  }

  written(told: Told): string {
    return writeFrame(told);
  }

  /** M7 */
  goodbye(peer: Peer): void {
    this.frees(peer);
    peer.socket.close(1000);
  }

  // Mailboxes

  /** M13 */
  hasRoom(from: Peer, told: Told): boolean {
    const { mailbox_messages = 1_000, mailbox_bytes = 4 * MEBIBYTE, realm_mailbox_bytes = 64 * MEBIBYTE } = this.settings;
    const { mailboxes_per_sender = 1_000 } = this.settings;
    const { mailboxes } = from.realm;
    const box = mailboxes.get(told.dst) ?? [];
    const size = sizeOf(told);
    if (box.length >= mailbox_messages || sum(box) + size > mailbox_bytes) return false;
    if (sum([...mailboxes.values()].flat()) + size > realm_mailbox_bytes) return false;
    const isNew = !box.some((held) => held.from === from);
    const others = [...mailboxes.values()].filter((one) => one.some((held) => held.from === from)).length;
    return !isNew || others < mailboxes_per_sender;
  }

  full(peer: Peer, absent: string): void {
    this.expires(peer, absent);
  }

  holds(held: Held): void {
    const { mailboxes } = held.from.realm;
    mailboxes.set(held.told.dst, [...(mailboxes.get(held.told.dst) ?? []), held]);
  }

  expireTimeout(): number {
    return this.settings.expire_timeout ?? 5_000;
  }

  sweeps(): void {
    for (const realm of this.realms.values()) {
      this.expiresMail(realm);
      for (const peer of realm.peers.values()) {
        if (this.isSilent(peer)) this.reaps(peer);
        else this.pings(peer);
      }
    }
  }

  /** M14 */
  expiresMail({ mailboxes }: Realm): void {
    const latest = performance.now() - this.expireTimeout();
    for (const [absent, box] of mailboxes) {
      const [old, young] = [box.filter(({ at }) => at <= latest), box.filter(({ at }) => at > latest)];
      if (young.length === 0) mailboxes.delete(absent);
      else mailboxes.set(absent, young);
      for (const from of new Set(old.map((held) => held.from))) this.expires(from, absent);
    }
  }

  /** M15: whoever has gone is told nothing. */
  expires(from: Peer, absent: string): void {
    if (from.realm.peers.get(from.id) === from) this.tells(from, { type: 'EXPIRE', src: absent, dst: from.id });
  }

  // Liveness

  isSilent({ heardAt }: Peer): boolean {
    return performance.now() - heardAt >= this.aliveTimeout();
  }

  aliveTimeout(): number {
    return this.settings.alive_timeout ?? 60_000;
  }

  /** L5 */
  pings({ heardAt, socket }: Peer): void {
    if (performance.now() - heardAt >= this.aliveTimeout() / 2 && socket.readyState === WebSocket.OPEN) socket.ping();
  }

  /** L5 */
  ponged(peer: Peer): void {
    const now = performance.now();
    if (now - peer.spokeAt < this.aliveTimeout()) peer.heardAt = now;
  }

  /** L1 */
  reaps(peer: Peer): void {
    this.frees(peer);
    peer.socket.close(4002, 'silent');
  }

  /** L3 */
  pongs(): boolean {
    return true;
  }

  /** L2 */
  closed(peer: Peer, socket: WebSocket, _code: number): void {
    if (peer.socket === socket) this.frees(peer);
  }

  /** L4 */
  frees(peer: Peer): void {
    if (peer.realm.peers.get(peer.id) === peer) peer.realm.peers.delete(peer.id);
  }

  // HTTP

  /** H11 */
  brokenRequest({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (socket.writable) socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`);
    else socket.destroy();
  }

  idsIn(key: string): string[] {
    return [...(this.realmOf(key)?.peers.keys() ?? [])];
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, headers, body = '' } = this.reply(askedIn(request));
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }) });
    response.end(body);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A handshake that is cut off: `close` follows.
    socket.on('error', () => socket.destroy());
    const { url = '' } = request;
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    const parameters = new URLSearchParams(query);
    const status = this.handshakeStatus(path, request.headers, parameters);
    if (status !== 101) {
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [id, token, key] = ['id', 'token', 'key'].map((name) => this.parameter(parameters, name));
    this.#sockets.handleUpgrade(request, socket, head, (open) =>
      this.guarded(() => this.opens(open, { id: id ?? '', token: token ?? '', key: key ?? '' })),
    );
  }
}

function refusal(msg: string, code: number): Refusal {
  return { frame: { type: 'ERROR', payload: { msg } }, code };
}

function sizeOf(told: Told): number {
  return Buffer.byteLength(writeFrame(told));
}

function sum(box: readonly Held[]): number {
  return box.reduce((bytes, { told }) => bytes + sizeOf(told), 0);
}

function askedIn({ method = '', url = '', headers, socket }: IncomingMessage): Asked {
  return { method, path: url.split('?', 1)[0] ?? '', headers, address: socket.remoteAddress ?? '' };
}
