import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { Wakeup } from '../../../application/ports/clock.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { Goodbye } from '../shared/goodbyes.ts';
import type { PollingCarrier } from './polling.ts';
import type { Carrier, EngineSession, SessionHome } from './session.ts';

/** What a WebSocket of this transport reports. */
export interface WebSocketReports {
  frame(bytes: Uint8Array, isBinary: boolean): void;
  alive(): void;
  closed(end: ConnectionEnd): void;
  /** The broker has failed with a frame of it. */
  fault(): void;
}

const MESSAGE = 4;
const FAULT: Goodbye = { code: 1011, why: 'internal error' };

/** SIO9: a session's packets over a WebSocket, one in each frame. */
export class WebSocketCarrier implements Carrier, WebSocketReports {
  readonly kind = 'websocket';
  readonly #socket: Socket;
  readonly #session: EngineSession;

  constructor(socket: Socket, session: EngineSession) {
    this.#socket = socket;
    this.#session = session;
  }

  send(packet: Uint8Array): WriteOutcome {
    return this.#socket.write(packet);
  }

  end({ code, why }: Goodbye): void {
    this.#socket.close(code, why);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  frame(bytes: Uint8Array, isBinary: boolean): void {
    if (!isBinary) return this.#session.receive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    if (!this.#session.isOld) return this.#session.receive(bytes);
    if (bytes[0] === MESSAGE) this.#session.receive(bytes.subarray(1));
    else this.#session.unreadable();
  }

  alive(): void {
    this.#session.alive();
  }

  closed(end: ConnectionEnd): void {
    this.#session.lost(end);
  }

  fault(): void {
    this.#session.end(FAULT);
  }
}

/** SIO9: a WebSocket that may take a polling session over: probed, then upgraded, within a time. */
export class UpgradeProbe implements WebSocketReports {
  readonly #socket: Socket;
  readonly #session: EngineSession;
  readonly #polling: PollingCarrier;
  readonly #onOver: () => void;
  readonly #deadline: Wakeup;
  #isProbed = false;
  #carrier: WebSocketCarrier | undefined;

  /** @param onOver it is over, and another one may try. */
  constructor(
    socket: Socket,
    session: EngineSession,
    polling: PollingCarrier,
    { clock, connectTimeout }: SessionHome,
    onOver: () => void,
  ) {
    this.#socket = socket;
    this.#session = session;
    this.#polling = polling;
    this.#onOver = onOver;
    this.#deadline = clock.wakeAt(clock.now() + connectTimeout, () => socket.close(1008, 'not upgraded in time'));
  }

  frame(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#carrier !== undefined) return this.#carrier.frame(bytes, isBinary);
    const text = isBinary || bytes.length > '2probe'.length ? '' : Buffer.from(bytes).toString();
    this.#session.charge();
    if (text === '2probe' && !this.#isProbed) {
      this.#isProbed = true;
      this.#socket.write(Buffer.from('3probe'));
      return this.#polling.probed();
    }
    const isUpgrade = text === '5' && this.#isProbed && this.#session.isOpen && !this.#polling.isReading;
    if (!isUpgrade) return this.#socket.close(1008, 'not an upgrade');
    this.#deadline.cancel();
    this.#carrier = new WebSocketCarrier(this.#socket, this.#session);
    this.#session.upgradeTo(this.#carrier, this.#polling.upgraded());
  }

  alive(): void {
    this.#carrier?.alive();
  }

  closed(end: ConnectionEnd): void {
    this.#deadline.cancel();
    this.#onOver();
    if (this.#carrier !== undefined) return this.#carrier.closed(end);
    this.#polling.probeEnded();
  }

  fault(): void {
    this.#socket.close(FAULT.code, FAULT.why);
  }

  /** The session has ended. */
  end(): void {
    if (this.#carrier === undefined) this.#socket.close(1000, 'the session has ended');
  }
}
