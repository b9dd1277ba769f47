import type { ConnectionId } from '../domain/ids.ts';
import type { Carrier } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Connections } from './connections.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { DiagnosticRequest } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** DOC2: how long a socket stays open. */
const SOCKET_LIFETIME: Millis = 120_000;
/** DOC2: messages of one socket that are answered. */
const MAX_FRAMES = 100;
/** DOC3. */
const TEXT_INTERVAL: Millis = 200;

export interface DiagnosticConnectionsParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** An open connection of the doctor. */
interface DiagnosticConnection {
  frames: number;
  /** The end of the socket, or the next text of the stream. */
  wakeup: Wakeup;
}

/**
 * DOC2, DOC3: connections that test the way to the broker. They have no session, so that the broker itself keeps them idle: it
 * sends no ping and applies no liveness timeout.
 */
export class DiagnosticConnections {
  readonly #parts: DiagnosticConnectionsParts;
  readonly #open = new Map<ConnectionId, DiagnosticConnection>();

  constructor(parts: DiagnosticConnectionsParts) {
    this.#parts = parts;
  }

  /** Must be called within a turn. */
  opened(id: ConnectionId, { texts }: DiagnosticRequest, carrier: Carrier): void {
    const wakeup = this.#closeAfter(id, SOCKET_LIFETIME);
    this.#open.set(id, { frames: 0, wakeup });
    if (carrier !== 'stream') return;
    wakeup.cancel();
    this.#sendTexts(id, texts);
  }

  /** DOC2: sends a text message back to its sender. A frame of any other connection without a session is ignored. */
  frame(id: ConnectionId, bytes: Uint8Array, isBinary: boolean): void {
    const { connections, telemetry } = this.#parts;
    const connection = this.#open.get(id);
    if (connection === undefined) return telemetry.counter('messages_ignored_total', 'session-not-open').add();
    connection.frames += 1;
    if (connection.frames > MAX_FRAMES) return this.#close(id, 'flooding');
    if (isBinary) return this.#close(id, 'malformed');
    connections.sendText(id, bytes);
  }

  closed(id: ConnectionId): void {
    this.#open.get(id)?.wakeup.cancel();
    this.#open.delete(id);
  }

  /** DOC3: sends the first text at once, and closes the stream after the last one. */
  #sendTexts(id: ConnectionId, [text, ...rest]: readonly Uint8Array[]): void {
    const connection = this.#open.get(id);
    if (connection === undefined) return;
    if (text === undefined) return this.#close(id, 'left');
    this.#parts.connections.sendText(id, text);
    connection.wakeup = this.#parts.clock.wakeAt(this.#parts.clock.now() + TEXT_INTERVAL, () => this.#sendTexts(id, rest));
  }

  #closeAfter(id: ConnectionId, lifetime: Millis): Wakeup {
    return this.#parts.clock.wakeAt(this.#parts.clock.now() + lifetime, () => this.#close(id, 'left'));
  }

  #close(id: ConnectionId, ending: 'left' | 'flooding' | 'malformed'): void {
    this.#parts.connections.close(id, (dialect) => dialect.closeFrame(ending));
  }
}
