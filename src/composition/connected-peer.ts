import type { Broker } from '../application/broker.ts';
import type { Socket } from '../application/ports/socket.ts';
import type { Session } from '../domain/session.ts';

/** A connected peer, for an embedding program. */
export class ConnectedPeer {
  readonly #session: Session;
  readonly #broker: () => Broker | undefined;

  constructor(session: Session, broker: () => Broker | undefined) {
    this.#session = session;
    this.#broker = broker;
  }

  /** The socket of the peer's connection; undefined when the connection has ended. */
  static socketOf(peer: ConnectedPeer): Socket | undefined {
    return peer.#broker()?.socketOf(peer.#session.connection);
  }

  get id(): string {
    return this.#session.id;
  }

  /** The realm's key. */
  get realm(): string {
    return this.#session.realm.key;
  }

  /** The peer's secret. Inspecting or logging the peer does not print it. */
  get token(): string {
    return this.#session.token.reveal();
  }

  get isOpen(): boolean {
    return this.#session.state === 'open';
  }

  /**
   * Sends a value as JSON. @returns whether it was sent or queued; false when the connection is closed.
   * @throws TypeError for a value without a JSON form.
   */
  send(message: unknown): boolean {
    const text = JSON.stringify(message) as string | undefined;
    if (text === undefined) throw new TypeError(`message has no JSON form: ${typeof message}`);
    return this.sendText(text);
  }

  /** Sends text unchanged. It must be a frame of the peer's dialect. @returns whether it was sent or queued. */
  sendText(text: string): boolean {
    const outcome = this.#broker()?.send(this.#session.connection, Buffer.from(text)) ?? 'gone';
    return outcome !== 'gone';
  }

  /** Milliseconds since the last frame of the peer. */
  silentFor(): number {
    return this.#broker()?.idleTimeOf(this.#session) ?? 0;
  }

  /** Closes the peer's connection. @param code 1000, or 3000 to 4999. */
  close(code = 1000, reason = ''): void {
    this.#broker()?.closeConnection(this.#session.connection, code, reason);
  }
}
