import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../../conformance/settings.ts';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { WebSocket } from 'ws';
import { ConformingServer, MAX_MALFORMED, type Peer, type Realm } from './conforming-server.ts';

const ADJECTIVES = ['calm', 'bold', 'quiet', 'far'];
const READ_DELAY_MS = 15;

/**
 * A server that conforms to the rules in another style than Signalbox: short ids of several lengths as `text/plain`, `*` for
 * every origin, 200 for preflights, and frames that are handled later than pings are answered.
 */
export class ForeignServer extends ConformingServer {
  #count = 0;
  /** Sockets that the server has closed. */
  readonly #closed = new WeakSet<Peer['socket']>();

  override newId(): string {
    const n = this.#count++;
    return `${ADJECTIVES[n % ADJECTIVES.length]}-${n.toString(36)}`;
  }

  override idFor(key: string): Reply {
    return { ...super.idFor(key), headers: { 'content-type': 'text/plain; charset=utf-8' } };
  }

  override corsHeaders(): Readonly<Record<string, string>> {
    return { 'access-control-allow-origin': '*' };
  }

  override preflight(request: HttpRequest): Reply {
    const { headers } = super.preflight(request);
    return { status: 200, headers: { ...headers, 'access-control-allow-methods': 'GET, HEAD, OPTIONS' }, body: '' };
  }

  override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
    this.recordActivity(peer);
    const { socket } = peer;
    this.#later(() => {
      if (peer.socket === socket && !this.#closed.has(socket)) super.handleFrame(peer, bytes, isBinary);
      if (peer.malformed > MAX_MALFORMED) this.#closed.add(socket);
    });
  }

  override handleClose(...[peer, socket, code]: Parameters<ConformingServer['handleClose']>): void {
    this.#later(() => super.handleClose(peer, socket, code));
  }

  override handleLeave(peer: Peer): void {
    this.#closed.add(peer.socket);
    super.handleLeave(peer);
  }

  /** In order, because all timers have the same delay. */
  #later(work: () => void): void {
    setTimeout(() => this.guarded(work), READ_DELAY_MS);
  }
}

/** Serves the routes of PeerJS clients before 0.3.25: the response to their stream has no end. */
export class LegacyServer extends ConformingServer {
  override answer(request: IncomingMessage, response: Parameters<ConformingServer['answer']>[1]): void {
    if (request.method !== 'POST' || !/\/token\/id\?/.test(request.url ?? '')) return super.answer(request, response);
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.write('0'.repeat(2_048));
  }
}

/** Answers no WebSocket pings. */
export class NoPongServer extends ConformingServer {
  override answersPings(): boolean {
    return false;
  }
}

/** A connection that was lost without a close frame stays registered, as with servers that wait for a TCP time limit. */
export class PatientServer extends ConformingServer {
  override handleClose(...[peer, socket, code]: Parameters<ConformingServer['handleClose']>): void {
    if (code !== NO_CLOSE_FRAME) super.handleClose(peer, socket, code);
  }

  override removeClosing(realm: Realm, id: string): void {
    if (realm.peers.get(id)?.socket.readyState === WebSocket.CLOSING) super.removeClosing(realm, id);
  }
}

/** Relays payloads with exactly the members of a client, as a server with typed messages does. */
export class TypedServer extends ConformingServer {
  override payloadOf(frame: Parameters<ConformingServer['payloadOf']>[0]): string | undefined {
    const { payload } = frame.whole;
    if (payload === undefined) return undefined;
    const isTyped = typeof payload === 'object' && payload !== null && 'connectionId' in payload;
    return isTyped ? super.payloadOf(frame) : '{}';
  }
}

/** Waits for the end of a request head, as servers with a long read timeout do. */
export class WaitingServer extends ConformingServer {
  override handleRequestError(...[error, socket]: Parameters<ConformingServer['handleRequestError']>): void {
    if (error.code === 'HPE_HEADER_OVERFLOW') super.handleRequestError(error, socket);
  }
}

/** Settings that the command of a small server has flags for. */
export const FEW_SETTINGS: readonly (keyof Settings)[] = ['path', 'key', 'expire_timeout', 'alive_timeout', 'cleanup_out_msgs'];
const NO_CLOSE_FRAME = 1006;
