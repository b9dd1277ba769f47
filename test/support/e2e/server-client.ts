import { randomUUID } from 'node:crypto';
import { sendRequest, RawConnection, type Answer, type RequestOptions, type Endpoint } from './http.ts';
import { HandshakeRefused, PeerSocket, type ReceivedFrame, type Identity, type HandshakeOptions } from './peer-socket.ts';
import { until } from './until.ts';

/** The peer that opens a socket; missing values are generated. */
export interface PeerOptions {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The configured path, with a trailing slash. */
  readonly path: string;
  readonly key: string;
}

/** Clients of one server: requests and sockets. */
export class ServerClient implements Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly path: string;
  readonly key: string;
  readonly timeoutMs: number;
  readonly #cleanups: (() => void)[] = [];

  constructor({ host, port, secure, path, key }: Address, patience: number) {
    this.host = host;
    this.port = port;
    this.secure = secure;
    this.path = path;
    this.key = key;
    this.timeoutMs = patience;
  }

  /** @param target relative to the configured path. */
  request(target: string, asking?: RequestOptions): Promise<Answer> {
    return sendRequest(this, this.path + target, asking);
  }

  /** @param target the whole target. */
  requestAt(target: string, asking?: RequestOptions): Promise<Answer> {
    return sendRequest(this, target, asking);
  }

  rawConnection(): RawConnection {
    const wire = new RawConnection(this);
    this.#cleanups.push(() => wire.cut());
    return wire;
  }

  /** The target of a handshake. */
  socketTarget({ id = uniqueName('peer'), token = uniqueName('token'), key = this.key }: PeerOptions = {}): string {
    return `${this.path}peerjs?key=${encodeURIComponent(key)}&id=${encodeURIComponent(id)}&token=${encodeURIComponent(token)}`;
  }

  /** A socket, before its first frame. @throws HandshakeRefused */
  connect({ id = uniqueName('peer'), token = uniqueName('token'), key, origin }: PeerOptions = {}): Promise<PeerSocket> {
    const headers = origin === undefined ? {} : { origin };
    return this.#open({ target: this.socketTarget({ id, token, key }), headers }, { id, token });
  }

  /** A socket for an exact target. @throws HandshakeRefused */
  connectTo(target: string): Promise<PeerSocket> {
    return this.#open({ target });
  }

  /** The HTTP status of a handshake: 101 if it is accepted. */
  async handshakeStatus(asked: PeerOptions | string): Promise<number> {
    try {
      const socket = typeof asked === 'string' ? await this.connectTo(asked) : await this.connect(asked);
      socket.cut();
      return 101;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.status;
      throw error;
    }
  }

  /** A peer that has received OPEN. */
  async connectPeer(name: string, who: PeerOptions = {}): Promise<PeerSocket> {
    const peer = await this.connect({ ...who, id: who.id ?? uniqueName(name) });
    const first = await peer.receive();
    if (first['type'] !== 'OPEN') throw new Error(`${peer.id} received ${JSON.stringify(first)} instead of OPEN`);
    return peer;
  }

  /** A peer, retried until its id or the realm has a free place. */
  connectPeerWhenFree(name: string, who: PeerOptions = {}): Promise<PeerSocket> {
    return until(this.timeoutMs, `room for ${who.id ?? name}`, () => this.connectPeer(name, who));
  }

  /** Cuts all its sockets. */
  closeAll(): void {
    for (const leave of this.#cleanups) leave();
  }

  async #open(opening: HandshakeOptions, who?: Identity): Promise<PeerSocket> {
    const socket = await PeerSocket.open(this, opening, who);
    this.#cleanups.push(() => socket.cut());
    return socket;
  }
}

/** The frames that `peer` receives before a message to itself returns (M4). */
export async function framesBeforeEcho(peer: PeerSocket): Promise<ReceivedFrame[]> {
  const echo = uniqueName('echo');
  peer.sendOffer(peer.id, echo);
  const frames: ReceivedFrame[] = [];
  for (;;) {
    const frame = await peer.receive();
    if (frame['payload'] === echo) return frames;
    frames.push(frame);
  }
}

/** A unique name. */
export function uniqueName(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`;
}
