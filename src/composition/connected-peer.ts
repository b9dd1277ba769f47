import type { Broker } from '../application/broker.ts';
import type { Session } from '../domain/session.ts';

/** A peer, as an embedding program sees it. */
export class ConnectedPeer {
  readonly #session: Session;
  readonly #broker: () => Broker | undefined;

  constructor(session: Session, broker: () => Broker | undefined) {
    this.#session = session;
    this.#broker = broker;
  }

  get id(): string {
    return this.#session.id;
  }

  /** The realm's key. */
  get realm(): string {
    return this.#session.realm.key;
  }

  /** The peer's secret. It is the program's to keep: it is not printed with the peer. */
  get token(): string {
    return this.#session.token.reveal();
  }

  get isOpen(): boolean {
    return this.#session.state === 'open';
  }

  /**
   * Sends JSON of the program's own. @returns whether it left or waits to leave.
   * @throws TypeError for what has no JSON form.
   */
  send(message: unknown): boolean {
    const text = JSON.stringify(message) as string | undefined;
    if (text === undefined) throw new TypeError(`message has no JSON form: ${typeof message}`);
    return this.sendText(text);
  }

  /** Sends text as it is; it must be what the peer's dialect understands. @returns whether it left or waits to leave. */
  sendText(text: string): boolean {
    const outcome = this.#broker()?.send(this.#session.connection, Buffer.from(text)) ?? 'gone';
    return outcome !== 'gone';
  }

  /** Milliseconds since the peer was last heard. */
  silentFor(): number {
    return this.#broker()?.idleTimeOf(this.#session) ?? 0;
  }

  /** Closes the peer's connection. @param code 1000, or 3000 to 4999. */
  close(code = 1000, reason = ''): void {
    this.#broker()?.closeConnection(this.#session.connection, code, reason);
  }
}
