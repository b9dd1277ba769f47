import { randomUUID } from 'node:crypto';
import { ask, Wire, type Answer, type Asking, type Place } from './http.ts';
import { HandshakeRefused, PeerSocket, type Heard, type Identity, type Opening } from './peer-socket.ts';
import { until } from './until.ts';

/** Who opens a socket; what is not said is made up. */
export interface Who {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The configured path, with a slash at its end. */
  readonly path: string;
  readonly key: string;
}

/** A server as those who use it see it. */
export class Visit implements Place {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly path: string;
  readonly key: string;
  readonly patience: number;
  readonly #leaving: (() => void)[] = [];

  constructor({ host, port, secure, path, key }: Address, patience: number) {
    this.host = host;
    this.port = port;
    this.secure = secure;
    this.path = path;
    this.key = key;
    this.patience = patience;
  }

  /** @param target behind the configured path. */
  asks(target: string, asking?: Asking): Promise<Answer> {
    return ask(this, this.path + target, asking);
  }

  /** @param target all of it. */
  asksAt(target: string, asking?: Asking): Promise<Answer> {
    return ask(this, target, asking);
  }

  wire(): Wire {
    const wire = new Wire(this);
    this.#leaving.push(() => wire.cut());
    return wire;
  }

  /** The target of a handshake. */
  socketTarget({ id = fresh('peer'), token = fresh('token'), key = this.key }: Who = {}): string {
    return `${this.path}peerjs?key=${encodeURIComponent(key)}&id=${encodeURIComponent(id)}&token=${encodeURIComponent(token)}`;
  }

  /** A socket, whatever is heard on it. @throws HandshakeRefused */
  opens({ id = fresh('peer'), token = fresh('token'), key, origin }: Who = {}): Promise<PeerSocket> {
    const headers = origin === undefined ? {} : { origin };
    return this.#open({ target: this.socketTarget({ id, token, key }), headers }, { id, token });
  }

  /** A socket for a target as it stands. @throws HandshakeRefused */
  opensAt(target: string): Promise<PeerSocket> {
    return this.#open({ target });
  }

  /** The HTTP status that answers a handshake: 101 where it is accepted. */
  async statusOf(asked: Who | string): Promise<number> {
    try {
      const socket = typeof asked === 'string' ? await this.opensAt(asked) : await this.opens(asked);
      socket.cut();
      return 101;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.status;
      throw error;
    }
  }

  /** A peer that has heard OPEN. */
  async enters(name: string, who: Who = {}): Promise<PeerSocket> {
    const peer = await this.opens({ ...who, id: who.id ?? fresh(name) });
    const first = await peer.hears();
    if (first['type'] !== 'OPEN') throw new Error(`${peer.id} heard ${JSON.stringify(first)} instead of OPEN`);
    return peer;
  }

  /** A peer that may have to wait for its id, or for room. */
  entersWhenFree(name: string, who: Who = {}): Promise<PeerSocket> {
    return until(this.patience, `room for ${who.id ?? name}`, () => this.enters(name, who));
  }

  /** Cuts all that it opened. */
  end(): void {
    for (const leave of this.#leaving) leave();
  }

  async #open(opening: Opening, who?: Identity): Promise<PeerSocket> {
    const socket = await PeerSocket.open(this, opening, who);
    this.#leaving.push(() => socket.cut());
    return socket;
  }
}

/** What was on its way to `peer` before an echo of its own came back (M4). */
export async function hearsBeforeEcho(peer: PeerSocket): Promise<Heard[]> {
  const echo = fresh('echo');
  peer.offers(peer.id, echo);
  const frames: Heard[] = [];
  for (;;) {
    const frame = await peer.hears();
    if (frame['payload'] === echo) return frames;
    frames.push(frame);
  }
}

/** A name that no other test uses. */
export function fresh(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`;
}
