import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { readFrame, writeFrame, type Frame, type OutgoingFrame } from './frame.ts';
import type { Rights } from './client-token.ts';
import { ConformingAccess } from './conforming-access.ts';
import type { HttpRequest } from './conforming-http.ts';

/** The query of a handshake; missing parameters are empty. */
export interface Credentials {
  readonly id: string;
  readonly token: string;
  readonly key: string;
}

export interface Peer {
  readonly id: string;
  readonly token: string;
  readonly realm: Realm;
  socket: WebSocket;
  receivedAt: number;
  /** L5: the time of the last message; pongs do not count. */
  messageAt: number;
  malformed: number;
  /** M19: the tokens left in the bucket. */
  tokens: number;
  tokensAt: number;
  /** A1: undefined for a guest. */
  rights: Rights | undefined;
  /** A7: when the peer is told that its rights expire, in seconds since 1970. */
  tellsAt: number;
  /** M19: frames above the limit, if the server pauses. */
  readonly backlog: Buffer[];
}

export interface HeldMessage {
  readonly from: Peer;
  readonly frame: OutgoingFrame;
  readonly at: number;
}

export interface Realm {
  readonly peers: Map<string, Peer>;
  readonly mailboxes: Map<string, HeldMessage[]>;
}

export interface Refusal {
  readonly frame: object;
  readonly code: number;
}

const MEBIBYTE = 1024 * 1024;
export const MAX_MALFORMED = 100;
const LOOPBACK = '127.0.0.1';

/**
 * A small PeerJS server that passes every case of the suite. A mutant overrides one or more of its methods. Shares no code with
 * Signalbox.
 */
export class ConformingServer extends ConformingAccess {
  readonly realms = new Map<string, Realm>();
  /** The reason of the simulated crash; undefined while running. */
  crashReason: string | undefined;
  readonly #connections = new Set<Socket>();
  readonly #http = createServer((request, response) => this.guarded(() => this.answer(request, response)));
  readonly #sockets: WebSocketServer;
  readonly #sweeper: NodeJS.Timeout;

  constructor(settings: Settings) {
    super(settings);
    for (const key of this.keys) this.realms.set(key, { peers: new Map(), mailboxes: new Map() });
    this.#sockets = new WebSocketServer({
      ...{ noServer: true, maxPayload: this.maxMessageBytes(), autoPong: this.answersPings() },
      handleProtocols: (offered) => this.subprotocol(offered),
    });
    this.#sockets.on('headers', (lines, request) => lines.push(...this.handshakeHeaders(request.headers)));
    this.#http.on('upgrade', (request, socket, head) => this.guarded(() => this.#upgrade(request, socket as Socket, head)));
    this.#http.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.guarded(() => this.handleRequestError(error, socket as Socket)),
    );
    this.#sweeper = setInterval(() => this.guarded(() => this.sweep()), settings.cleanup_out_msgs ?? 300);
  }

  async start(): Promise<number> {
    this.#http.listen(0, LOOPBACK);
    await once(this.#http, 'listening');
    return (this.#http.address() as AddressInfo).port;
  }

  /** Closes all connections and refuses new ones, like a process that exits. */
  stop(): void {
    clearInterval(this.#sweeper);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  /** Simulates an uncaught exception. */
  crash(error: unknown): void {
    this.crashReason ??= `it exited with code 1: ${String(error)}`;
    this.stop();
  }

  guarded(work: () => void): void {
    try {
      if (this.crashReason === undefined) work();
    } catch (error) {
      this.crash(error);
    }
  }

  // Registration

  /** O9, O10: returns 101 to accept the handshake. */
  handshakeStatus(path: string, { origin, host }: IncomingHttpHeaders, _query: URLSearchParams): number {
    if (path !== `${this.path}peerjs`) return 404;
    return origin === undefined || this.isOwnOrigin(origin, host) || this.allowsOrigin(origin) ? 101 : 403;
  }

  isOwnOrigin(origin: string, host = ''): boolean {
    return origin === `http://${host}` && host.startsWith(LOOPBACK);
  }

  /** O13, A11 */
  subprotocol(offered: ReadonlySet<string>): string | false {
    const others = [...offered].filter((one) => !one.startsWith('bearer.'));
    return others.length < offered.size ? (others[0] ?? false) : false;
  }

  /** Further lines of the response to a handshake. */
  handshakeHeaders(_request: IncomingHttpHeaders): readonly string[] {
    return [];
  }

  /** O8: the last value is used. */
  parameter(query: URLSearchParams, name: string): string {
    return query.getAll(name).at(-1) ?? '';
  }

  acceptSocket(socket: WebSocket, who: Credentials): void {
    const refusal = this.refusalOf(who);
    if (refusal !== undefined) return this.refuse(socket, refusal);
    const realm = this.realmOf(who.key);
    const known = realm?.peers.get(who.id);
    if (realm === undefined) return;
    if (known === undefined) return this.addPeer(socket, who, realm);
    this.setRights(known, who.token);
    this.reconnect(known, socket);
  }

  /** A4, A5, A7 */
  setRights(peer: Peer, token: string): void {
    const rights = this.rightsOf(token);
    peer.rights = typeof rights === 'object' ? rights : undefined;
    const left = (peer.rights?.expiresAt ?? Infinity) - this.now();
    peer.tellsAt = this.now() + Math.max(left - 60, left / 2);
  }

  /** O1, O2, O4, O6, O7, A6. */
  refusalOf(who: Credentials): Refusal | undefined {
    if (who.id === '' || who.token === '' || who.key === '') {
      return refusal('No id, token, or key supplied to websocket server', 1008);
    }
    const realm = this.realmOf(who.key);
    if (realm === undefined) return refusal('Invalid key provided', 1008);
    if (!this.isValidId(who.id)) return refusal('Invalid id', 1008);
    const problem = this.accessProblem(who.key, who.id, who.token);
    if (problem !== undefined) return this.accessRefusal(problem);
    this.removeClosing(realm, who.id);
    const known = realm.peers.get(who.id);
    if (known !== undefined) return this.isOwner(known, who.token) || this.ownsId(known, who.token) ? undefined : this.idTaken();
    return this.isFull() ? refusal('Server has reached its concurrent user limit', 1013) : undefined;
  }

  /** A6 */
  accessRefusal(msg: string): Refusal {
    return refusal(msg, 1008);
  }

  /** A4: any token of the same subject. */
  isOwner({ rights: known }: Peer, token: string): boolean {
    const rights = this.rightsOf(token);
    return known !== undefined && typeof rights === 'object' && rights.owner === known.owner;
  }

  realmOf(key: string): Realm | undefined {
    return this.realms.get(key);
  }

  isValidId(text: string): boolean {
    return text !== '' && [...text].length <= 128 && !/[\p{Cc}\p{Cs}]/u.test(text);
  }

  ownsId(known: Peer, token: string): boolean {
    return known.token === token;
  }

  idTaken(): Refusal {
    return { frame: { type: 'ID-TAKEN', payload: { msg: 'ID is taken' } }, code: 1008 };
  }

  isFull(): boolean {
    return this.peerCount() >= (this.settings.concurrent_limit ?? Infinity);
  }

  peerCount(): number {
    return [...this.realms.values()].reduce((count, { peers }) => count + peers.size, 0);
  }

  refuse(socket: WebSocket, { frame, code }: Refusal): void {
    socket.send(JSON.stringify(frame));
    socket.close(code);
  }

  addPeer(socket: WebSocket, { id, token }: Credentials, realm: Realm): void {
    const now = performance.now();
    const allowance = { tokens: this.settings.message_burst ?? Infinity, tokensAt: now };
    const peer: Peer = {
      ...{ id, token, realm, socket, receivedAt: now, messageAt: now, malformed: 0, backlog: [] },
      ...{ ...allowance, rights: undefined, tellsAt: Infinity },
    };
    this.setRights(peer, token);
    realm.peers.set(id, peer);
    this.attach(peer, socket);
    this.greet(peer);
  }

  /** O5 */
  reconnect(peer: Peer, socket: WebSocket): void {
    const old = peer.socket;
    peer.socket = socket;
    this.recordActivity(peer);
    this.attach(peer, socket);
    this.closeSuperseded(old);
    this.greet(peer);
  }

  closeSuperseded(old: WebSocket): void {
    old.close(4001, 'superseded');
  }

  /** O3, O11 */
  greet(peer: Peer): void {
    this.pushIce(peer);
    this.sendOpen(peer);
    this.deliverMailbox(peer);
  }

  /** I12 */
  pushIce({ id, socket }: Peer): void {
    if (this.settings.ice_push !== true) return;
    const payload = { iceServers: this.iceServers(this.keys[0] ?? '', id), ttl: this.ttl() };
    socket.send(JSON.stringify({ type: 'ICE', payload }));
  }

  sendOpen({ socket }: Peer): void {
    socket.send('{"type":"OPEN"}');
  }

  deliverMailbox(peer: Peer): void {
    for (const { frame } of this.takeMailbox(peer)) this.send(peer, frame);
  }

  takeMailbox({ id, realm }: Peer): HeldMessage[] {
    const held = realm.mailboxes.get(id) ?? [];
    realm.mailboxes.delete(id);
    return held;
  }

  attach(peer: Peer, socket: WebSocket): void {
    socket.on('message', (bytes: Buffer, isBinary: boolean) =>
      this.guarded(() => this.isCurrentSocket(peer, socket) && this.applyRateLimit(peer, bytes, isBinary)),
    );
    socket.on('close', (code) => this.guarded(() => this.handleClose(peer, socket, code)));
    socket.on('pong', () => this.guarded(() => this.handlePong(peer)));
    // An oversized message or an invalid WebSocket frame; `close` follows.
    socket.on('error', (error) => this.guarded(() => this.handleSocketError(peer, error)));
  }

  /** True if frames of the socket are attributed to the peer. */
  isCurrentSocket(peer: Peer, socket: WebSocket): boolean {
    return peer.socket === socket && peer.realm.peers.get(peer.id) === peer;
  }

  handleSocketError({ socket }: Peer, _error: Error): void {
    // The WebSocket library chooses the close code: 1009 for an oversized message, 1007 for invalid UTF-8.
    if (socket.readyState === WebSocket.OPEN) socket.close();
  }

  // Messages

  /** M18 */
  maxMessageBytes(): number {
    return this.settings.max_message_bytes ?? MEBIBYTE;
  }

  /** M19 */
  applyRateLimit(peer: Peer, bytes: Buffer, isBinary: boolean): void {
    if (this.takeToken(peer) && peer.backlog.length === 0) return this.handleFrame(peer, bytes, isBinary);
    if (this.settings.on_flood !== 'pause') return peer.socket.close(1008, 'flood');
    peer.backlog.push(bytes);
    if (peer.backlog.length === 1) this.drainBacklog(peer);
  }

  takeToken(peer: Peer): boolean {
    const { messages_per_second: rate = Infinity, message_burst: burst = Infinity } = this.settings;
    const now = performance.now();
    peer.tokens = Math.min(burst, peer.tokens + ((now - peer.tokensAt) / 1_000) * rate);
    peer.tokensAt = now;
    if (peer.tokens < 1) return false;
    peer.tokens--;
    return true;
  }

  drainBacklog(peer: Peer): void {
    setTimeout(
      () =>
        this.guarded(() => {
          while (peer.backlog[0] !== undefined && this.takeToken(peer)) {
            this.handleFrame(peer, peer.backlog.shift() ?? Buffer.alloc(0), false);
          }
          if (peer.backlog.length > 0) this.drainBacklog(peer);
        }),
      20,
    );
  }

  handleFrame(peer: Peer, bytes: Buffer, _isBinary: boolean): void {
    this.recordActivity(peer);
    const frame = this.parseFrame(bytes);
    if (frame === undefined) return this.handleMalformed(peer, bytes);
    this.dispatch(peer, frame);
  }

  /** M8: every message counts. */
  recordActivity(peer: Peer): void {
    peer.receivedAt = performance.now();
    peer.messageAt = peer.receivedAt;
  }

  parseFrame(bytes: Buffer): Frame | undefined {
    return readFrame(bytes);
  }

  /** M10 */
  handleMalformed(peer: Peer, _bytes: Buffer): void {
    if (++peer.malformed > MAX_MALFORMED) peer.socket.close(1007, 'malformed');
  }

  dispatch(peer: Peer, frame: Frame): void {
    const { type, dst } = frame;
    switch (type) {
      case 'OFFER':
      case 'ANSWER':
      case 'CANDIDATE':
        if (typeof dst !== 'string' || dst === '') return this.handleMissingDst(peer, frame);
        return this.relay(peer, { type, src: this.srcOf(peer, frame), dst, payload: this.payloadOf(frame) }, frame);
      case 'LEAVE':
      case 'EXPIRE':
        if (typeof dst === 'string' && dst !== '') return this.forward(peer, type, dst, frame);
        return type === 'LEAVE' && (dst === undefined || dst === null || dst === '') ? this.handleLeave(peer) : undefined;
      case 'TOKEN':
        return this.settings.auth === undefined ? this.ignore(peer, frame) : this.refreshToken(peer, frame);
      default:
        return this.ignore(peer, frame);
    }
  }

  /** A7 */
  refreshToken(peer: Peer, { whole }: Frame): void {
    const { payload } = whole;
    const token = typeof payload === 'object' && payload !== null && 'token' in payload ? String(payload.token) : '';
    const problem = this.refreshProblem(peer, token);
    if (problem !== undefined) return peer.socket.send(JSON.stringify({ type: 'TOKEN-REFUSED', payload: { msg: problem } }));
    this.setRights(peer, token);
    const left = Math.floor((peer.rights?.expiresAt ?? this.now()) - this.now());
    peer.socket.send(JSON.stringify({ type: 'TOKEN-ACCEPTED', payload: { in: left } }));
  }

  refreshProblem(peer: Peer, token: string): string | undefined {
    const rights = this.rightsOf(token);
    if (typeof rights === 'string') return this.textOf(rights);
    return rights?.owner === peer.rights?.owner ? undefined : 'Not allowed';
  }

  /** M11, M12 */
  handleMissingDst(_peer: Peer, _frame: Frame): void {}

  /** M8, M9 */
  ignore(_peer: Peer, _frame: Frame): void {}

  srcOf(peer: Peer, _frame: Frame): string {
    return peer.id;
  }

  payloadOf(frame: Frame): string | undefined {
    return frame.payload;
  }

  /** M6 */
  forward(peer: Peer, type: string, dst: string, frame: Frame): void {
    const to = this.findPeer(peer.realm, dst);
    if (to !== undefined) this.deliver(peer, to, { type, src: this.srcOf(peer, frame), dst, payload: this.payloadOf(frame) });
  }

  relay(peer: Peer, frame: OutgoingFrame, _frame: Frame): void {
    const to = this.findPeer(peer.realm, frame.dst);
    if (to !== undefined) return this.deliver(peer, to, frame);
    if (!this.isValidId(frame.dst) || !this.hasRoom(peer, frame)) return this.rejectFull(peer, frame.dst);
    this.hold({ from: peer, frame, at: performance.now() });
  }

  findPeer(realm: Realm, id: string): Peer | undefined {
    this.removeClosing(realm, id);
    return realm.peers.get(id);
  }

  /** L2, M16: an id is free when the close frame is read. */
  removeClosing(realm: Realm, id: string): void {
    const peer = realm.peers.get(id);
    if (peer !== undefined && peer.socket.readyState !== WebSocket.OPEN) this.removePeer(peer);
  }

  /** M16: messages to a peer that reads too slowly are lost, and the sender is notified. */
  deliver(from: Peer, to: Peer, frame: OutgoingFrame): void {
    if (to.socket.bufferedAmount <= this.sendBufferBytes()) return this.send(to, frame);
    this.reportUndeliverable(from, frame);
  }

  sendBufferBytes(): number {
    return this.settings.send_buffer_bytes ?? 8 * MEBIBYTE;
  }

  reportUndeliverable(from: Peer, { dst }: OutgoingFrame): void {
    this.send(from, { type: 'LEAVE', src: dst, dst: from.id });
  }

  send({ socket }: Peer, frame: OutgoingFrame): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(this.encode(frame));
  }

  encode(frame: OutgoingFrame): string {
    return writeFrame(frame);
  }

  /** M7 */
  handleLeave(peer: Peer): void {
    this.removePeer(peer);
    peer.socket.close(1000);
  }

  // Mailboxes

  /** M13 */
  hasRoom(from: Peer, frame: OutgoingFrame): boolean {
    const { mailbox_messages = 1_000, mailbox_bytes = 4 * MEBIBYTE, realm_mailbox_bytes = 64 * MEBIBYTE } = this.settings;
    const { mailboxes_per_sender = 1_000 } = this.settings;
    const { mailboxes } = from.realm;
    const box = mailboxes.get(frame.dst) ?? [];
    const size = sizeOf(frame);
    if (box.length >= mailbox_messages || sum(box) + size > mailbox_bytes) return false;
    if (sum([...mailboxes.values()].flat()) + size > realm_mailbox_bytes) return false;
    const isNew = !box.some((held) => held.from === from);
    const others = [...mailboxes.values()].filter((one) => one.some((held) => held.from === from)).length;
    return !isNew || others < mailboxes_per_sender;
  }

  rejectFull(peer: Peer, absent: string): void {
    this.sendExpire(peer, absent);
  }

  hold(held: HeldMessage): void {
    const { mailboxes } = held.from.realm;
    mailboxes.set(held.frame.dst, [...(mailboxes.get(held.frame.dst) ?? []), held]);
  }

  expireTimeout(): number {
    return this.settings.expire_timeout ?? 5_000;
  }

  sweep(): void {
    for (const realm of this.realms.values()) {
      this.expireMailboxes(realm);
      for (const peer of realm.peers.values()) {
        if (this.isTimedOut(peer)) this.closeTimedOut(peer);
        else this.pingIfIdle(peer);
        this.enforceExpiry(peer);
      }
    }
  }

  /** A5, A7 */
  enforceExpiry(peer: Peer): void {
    const { rights, socket } = peer;
    if (rights === undefined) return;
    if (rights.expiresAt <= this.now()) return this.closeExpired(peer);
    if (this.now() < peer.tellsAt) return;
    peer.tellsAt = Infinity;
    socket.send(JSON.stringify({ type: 'TOKEN-EXPIRING', payload: { in: Math.ceil(rights.expiresAt - this.now()) } }));
  }

  /** A5 */
  closeExpired(peer: Peer): void {
    this.removePeer(peer);
    this.refuse(peer.socket, refusal('Token expired', 4003));
  }

  /** M14 */
  expireMailboxes({ mailboxes }: Realm): void {
    const latest = performance.now() - this.expireTimeout();
    for (const [absent, box] of mailboxes) {
      const [old, young] = [box.filter(({ at }) => at <= latest), box.filter(({ at }) => at > latest)];
      if (young.length === 0) mailboxes.delete(absent);
      else mailboxes.set(absent, young);
      for (const from of new Set(old.filter((held) => this.needsExpire(held)).map((held) => held.from))) {
        this.sendExpire(from, absent);
      }
    }
  }

  /** M14: senders are notified of messages of every type. */
  needsExpire(_held: HeldMessage): boolean {
    return true;
  }

  /** M15: a disconnected sender is not notified. */
  sendExpire(from: Peer, absent: string): void {
    if (from.realm.peers.get(from.id) === from) this.send(from, { type: 'EXPIRE', src: absent, dst: from.id });
  }

  // Liveness

  isTimedOut({ receivedAt }: Peer): boolean {
    return performance.now() - receivedAt >= this.aliveTimeout();
  }

  aliveTimeout(): number {
    return this.settings.alive_timeout ?? 60_000;
  }

  /** L5 */
  pingIfIdle({ receivedAt, socket }: Peer): void {
    if (performance.now() - receivedAt >= this.aliveTimeout() / 2 && socket.readyState === WebSocket.OPEN) socket.ping();
  }

  /** L5 */
  handlePong(peer: Peer): void {
    const now = performance.now();
    if (now - peer.messageAt < this.aliveTimeout()) peer.receivedAt = now;
  }

  /** L1 */
  closeTimedOut(peer: Peer): void {
    this.removePeer(peer);
    peer.socket.close(4002, 'silent');
  }

  /** L3 */
  answersPings(): boolean {
    return true;
  }

  /** L2 */
  handleClose(peer: Peer, socket: WebSocket, _code: number): void {
    if (peer.socket === socket) this.removePeer(peer);
  }

  /** L4 */
  removePeer(peer: Peer): void {
    if (peer.realm.peers.get(peer.id) === peer) peer.realm.peers.delete(peer.id);
  }

  // HTTP

  /** H11 */
  handleRequestError({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (socket.writable) socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`);
    else socket.destroy();
  }

  ownerOf(key: string, id: string, token: string): string | undefined {
    const peer = this.realmOf(key)?.peers.get(id);
    return peer?.token === token && token !== '' ? (peer.rights?.owner ?? `${id}\0${token}`) : undefined;
  }

  idsIn(key: string): string[] {
    return [...(this.realmOf(key)?.peers.keys() ?? [])];
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, headers, body = '' } = this.reply(requestOf(request));
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }) });
    response.end(body);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // An interrupted handshake: `close` follows.
    socket.on('error', () => socket.destroy());
    const { url = '' } = request;
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    const parameters = new URLSearchParams(query);
    const address = socket.remoteAddress ?? '';
    const status = this.hasGuessed(address) ? 429 : this.handshakeStatus(path, request.headers, parameters);
    if (status !== 101) {
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [id = '', inQuery = '', key = ''] = ['id', 'token', 'key'].map((name) => this.parameter(parameters, name));
    const token = this.tokenIn(request.headers, inQuery);
    this.countFailure(address, token);
    this.#sockets.handleUpgrade(request, socket, head, (open) => this.guarded(() => this.acceptSocket(open, { id, token, key })));
  }
}

function refusal(msg: string, code: number): Refusal {
  return { frame: { type: 'ERROR', payload: { msg } }, code };
}

function sizeOf(frame: OutgoingFrame): number {
  return Buffer.byteLength(writeFrame(frame));
}

function sum(box: readonly HeldMessage[]): number {
  return box.reduce((bytes, { frame }) => bytes + sizeOf(frame), 0);
}

function requestOf({ method = '', url = '', headers, socket }: IncomingMessage): HttpRequest {
  const [path = '', query] = url.split(/\?(.*)/s);
  return { method, path, query: new URLSearchParams(query), headers, address: socket.remoteAddress ?? '' };
}
