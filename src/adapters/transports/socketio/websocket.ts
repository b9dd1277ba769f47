import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { Wakeup } from '../../../application/ports/clock.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { CloseFrame } from '../shared/close-frames.ts';
import type { PollingTransport } from './polling.ts';
import type { EngineSession } from './session.ts';
import type { SessionContext } from './session-context.ts';
import type { EngineTransport } from './socket.ts';

/** The events of a WebSocket on the path of Socket.IO. */
export interface WebSocketReports {
  frame(bytes: Uint8Array, isBinary: boolean): void;
  controlFrame(): void;
  closed(end: ConnectionEnd): void;
  /** The broker failed while it handled a frame. */
  fault(): void;
}

const MESSAGE = 4;
const FAULT: CloseFrame = { code: 1011, why: 'internal error' };

/** SIO9: the packets of a session over a WebSocket, one in each frame. */
export class WebSocketTransport implements EngineTransport, WebSocketReports {
  readonly kind = 'websocket';
  readonly #socket: Socket;
  readonly #session: EngineSession;

  constructor(socket: Socket, session: EngineSession) {
    this.#socket = socket;
    this.#session = session;
  }

  get maxFrameBytes(): number | undefined {
    return this.#socket.maxFrameBytes;
  }

  send(packet: Uint8Array): WriteOutcome {
    return this.#socket.write(packet);
  }

  end({ code, why }: CloseFrame): void {
    this.#socket.close(code, why);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  spend(units: number): void {
    this.#socket.spend?.(units);
  }

  frame(bytes: Uint8Array, isBinary: boolean): void {
    if (!isBinary) return this.#session.receive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    if (!this.#session.isVersion3) return this.#session.receive(bytes);
    if (bytes[0] === MESSAGE) this.#session.receive(bytes.subarray(1));
    else this.#session.reportMalformed();
  }

  controlFrame(): void {
    this.#session.controlFrame();
  }

  closed(end: ConnectionEnd): void {
    this.#session.closed(end);
  }

  fault(): void {
    this.#session.end(FAULT);
  }
}

/** SIO9: a WebSocket to which a polling session may upgrade. The client sends a probe, then the upgrade, within a timeout. */
export class UpgradeProbe implements WebSocketReports {
  readonly #socket: Socket;
  readonly #session: EngineSession;
  readonly #polling: PollingTransport;
  readonly #onClosed: () => void;
  readonly #deadline: Wakeup;
  #isProbed = false;
  #transport: WebSocketTransport | undefined;

  /** @param onClosed the probe has ended, and another WebSocket may try. */
  constructor(
    socket: Socket,
    session: EngineSession,
    polling: PollingTransport,
    { clock, connectTimeout }: SessionContext,
    onClosed: () => void,
  ) {
    this.#socket = socket;
    this.#session = session;
    this.#polling = polling;
    this.#onClosed = onClosed;
    this.#deadline = clock.wakeAt(clock.now() + connectTimeout, () => socket.close(1008, 'not upgraded in time'));
  }

  frame(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#transport !== undefined) return this.#transport.frame(bytes, isBinary);
    const text = isBinary || bytes.length > '2probe'.length ? '' : Buffer.from(bytes).toString();
    this.#session.chargeRateLimit();
    if (text === '2probe' && !this.#isProbed) {
      this.#isProbed = true;
      this.#socket.write(Buffer.from('3probe'));
      return this.#polling.probed();
    }
    const isUpgrade = text === '5' && this.#isProbed && this.#polling.mayUpgrade;
    if (!isUpgrade) return this.#socket.close(1008, 'not an upgrade');
    this.#deadline.cancel();
    this.#transport = new WebSocketTransport(this.#socket, this.#session);
    const { queued, endFrame } = this.#polling.upgraded();
    this.#session.upgradeTo(this.#transport, queued);
    if (endFrame !== undefined) this.#transport.end(endFrame);
  }

  controlFrame(): void {
    this.#transport?.controlFrame();
  }

  closed(end: ConnectionEnd): void {
    this.#deadline.cancel();
    this.#onClosed();
    if (this.#transport !== undefined) return this.#transport.closed(end);
    this.#polling.probeEnded();
  }

  fault(): void {
    this.#socket.close(FAULT.code, FAULT.why);
  }

  /** The session has ended. */
  end(): void {
    if (this.#transport === undefined) this.#socket.close(1000, 'the session has ended');
  }
}
