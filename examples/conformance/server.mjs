/*
 * A small PeerJS server with Node.js and ws: an example of a server that signalbox conform tests in CI.
 * It serves one key, and has no TLS. See docs/conformance.md.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '9000' },
    path: { type: 'string', default: '/' },
    key: { type: 'string', default: 'peerjs' },
    expire: { type: 'string', default: '5000' },
    alive: { type: 'string', default: '60000' },
    limit: { type: 'string', default: '5000' },
    discovery: { type: 'string', default: 'false' },
  },
});
const [expireMs, aliveMs, maxPeers] = [Number(options.expire), Number(options.alive), Number(options.limit)];
const prefix = `/${options.path}/`.replaceAll(/\/+/g, '/');
const METHODS = 'GET, HEAD, OPTIONS';
const [MAX_MESSAGE_BYTES, MAX_UNREAD_BYTES, MAX_HELD, MAX_MALFORMED, MAX_ID] = [2 ** 20, 2 ** 23, 1_000, 100, 128];
const RELAYED = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE'];

/** Open peers by id: `{ id, token, socket, messageAt, aliveAt, malformed }`. */
const peers = new Map();
/** Held messages by receiver: `{ at, from, text }`, the oldest first. */
const mailboxes = new Map();

// HTTP

const http = createServer((request, response) => {
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
  if (request.method === 'OPTIONS') {
    response.setHeader('access-control-allow-methods', METHODS);
    response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
    return response.writeHead(204).end();
  }
  const [status, type, body] = route((request.url ?? '').split('?')[0].replace(/(?<=[^/])\/$/, ''));
  if (status === 404 || request.method === 'GET' || request.method === 'HEAD') {
    return response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  }
  response.writeHead(405, { allow: METHODS }).end();
});

function route(path) {
  const about = { name: 'PeerJS Server', description: 'An example.', website: 'https://peerjs.com/' };
  if (path === prefix || `${path}/` === prefix) return [200, 'application/json', JSON.stringify(about)];
  if (path === `${prefix}${options.key}/id`) return [200, 'text/html; charset=utf-8', randomUUID()];
  if (path !== `${prefix}${options.key}/peers`) return [404, 'text/plain', 'Not found'];
  if (options.discovery !== 'true') return [401, 'text/plain', 'Unauthorized'];
  return [200, 'application/json', JSON.stringify([...peers.keys()])];
}

// WebSockets

const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols: () => false });

http.on('upgrade', (request, socket, head) => {
  const [path, query] = (request.url ?? '').split('?');
  socket.on('error', () => socket.destroy());
  if (path !== `${prefix}peerjs`) return socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  sockets.handleUpgrade(request, socket, head, (one) => admit(one, new URLSearchParams(query)));
});

function admit(socket, query) {
  const [key, id, token] = ['key', 'id', 'token'].map((name) => query.getAll(name).at(-1) ?? '');
  const refuse = (type, msg, code) => {
    socket.send(JSON.stringify({ type, payload: { msg } }));
    socket.close(code);
  };
  socket.on('error', () => undefined);
  if (key === '' || id === '' || token === '') return refuse('ERROR', 'No id, token, or key supplied to websocket server', 1008);
  if (key !== options.key) return refuse('ERROR', 'Invalid key provided', 1008);
  if (!isValidId(id)) return refuse('ERROR', 'Invalid id', 1008);
  const known = presentPeer(id);
  if (known !== undefined && known.token !== token) return refuse('ID-TAKEN', 'ID is taken', 1008);
  if (known === undefined && peers.size >= maxPeers) {
    return refuse('ERROR', 'Server has reached its concurrent user limit', 1013);
  }
  const peer = known ?? { id, token, malformed: 0 };
  const old = peer.socket;
  peer.socket = socket;
  peer.messageAt = peer.aliveAt = performance.now();
  peers.set(id, peer);
  old?.close(4001);
  socket.on('message', (bytes) => isCurrent(peer, socket) && receive(peer, bytes));
  for (const sign of ['ping', 'pong']) socket.on(sign, () => (peer.aliveAt = performance.now()));
  socket.on('close', () => isCurrent(peer, socket) && peers.delete(id));
  socket.send('{"type":"OPEN"}');
  for (const { text } of mailboxes.get(id) ?? []) socket.send(text);
  mailboxes.delete(id);
}

function isValidId(id) {
  return id !== '' && [...id].length <= MAX_ID && !/[\p{Cc}\p{Cs}]/u.test(id);
}

function isCurrent(peer, socket) {
  return peer.socket === socket && peers.get(peer.id) === peer;
}

/** A peer is absent as soon as its close frame has arrived. */
function presentPeer(id) {
  const peer = peers.get(id);
  if (peer === undefined || peer.socket.readyState === peer.socket.OPEN) return peer;
  peers.delete(id);
}

// Messages

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

function receive(peer, bytes) {
  peer.messageAt = peer.aliveAt = performance.now();
  const frame = parse(bytes);
  if (frame === undefined) {
    if (++peer.malformed > MAX_MALFORMED) peer.socket.close(1007);
    return;
  }
  const { type, dst, payload } = frame;
  if (type === 'LEAVE' && (dst === undefined || dst === null || dst === '')) {
    peers.delete(peer.id);
    return peer.socket.close(1000);
  }
  if (!RELAYED.includes(type) || typeof dst !== 'string' || dst === '') return;
  // Numbers are printed again: 1.10 becomes 1.1.
  const text = JSON.stringify({ type, src: peer.id, dst, payload });
  const to = presentPeer(dst);
  if (to === undefined) return type === 'LEAVE' || type === 'EXPIRE' ? undefined : hold(peer, dst, text);
  if (to.socket.bufferedAmount <= MAX_UNREAD_BYTES) return to.socket.send(text);
  notify(peer, 'LEAVE', dst);
  peers.delete(dst);
  to.socket.terminate();
}

function parse(bytes) {
  try {
    const frame = JSON.parse(UTF_8.decode(bytes));
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

function hold(from, dst, text) {
  const box = mailboxes.get(dst) ?? [];
  if (box.length >= MAX_HELD || !isValidId(dst)) return notify(from, 'EXPIRE', dst);
  box.push({ at: performance.now(), from, text });
  mailboxes.set(dst, box);
}

/** Notifies the session that sent the message, and no later owner of its id. */
function notify(peer, type, src) {
  if (peers.get(peer.id) === peer) peer.socket.send(JSON.stringify({ type, src, dst: peer.id }));
}

setInterval(() => {
  const now = performance.now();
  for (const [dst, box] of mailboxes) {
    const expired = box.filter(({ at }) => now - at >= expireMs);
    if (expired.length === box.length) mailboxes.delete(dst);
    else box.splice(0, expired.length);
    for (const from of new Set(expired.map((held) => held.from))) notify(from, 'EXPIRE', dst);
  }
  for (const peer of peers.values()) {
    if (now - peer.aliveAt >= aliveMs || now - peer.messageAt >= 2 * aliveMs) {
      peers.delete(peer.id);
      peer.socket.close(4002);
    } else if (now - peer.aliveAt >= aliveMs / 2) peer.socket.ping();
  }
}, 100);

http.listen(Number(options.port), '127.0.0.1');
