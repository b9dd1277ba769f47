import type { Admission } from '../../../application/ports/transport.ts';
import type { SessionQuery } from './handshake.ts';
import type { PollingTransport } from './polling.ts';
import type { EngineSession } from './session.ts';
import type { UpgradeProbe } from './websocket.ts';

/** A session, and what may carry it. */
export interface SessionEntry {
  readonly session: EngineSession;
  readonly polling: PollingTransport | undefined;
  /** The WebSocket that may take it over; it is let in before it opens. */
  probe: UpgradeProbe | 'opening' | undefined;
}

/** What a WebSocket on the path of Socket.IO was let in for. */
export interface WebSocketPurpose {
  readonly query: SessionQuery;
  /** The token of a handshake. */
  readonly token?: string | undefined;
  /** The session that it may take over. */
  readonly entry?: SessionEntry;
}

/** The admission of a WebSocket on the path of Socket.IO. The gateway knows the original. */
export class WebSocketAdmission implements Admission {
  readonly accept = true;
  readonly dialect: string;
  readonly connectRequest: Admission['connectRequest'];
  readonly carrier = 'socket';
  readonly address: string;
  readonly memory: Admission['memory'];
  readonly original: Admission;
  readonly purpose: WebSocketPurpose;

  constructor(original: Admission, purpose: WebSocketPurpose) {
    this.dialect = original.dialect;
    this.connectRequest = original.connectRequest;
    this.address = original.address;
    this.memory = original.memory;
    this.original = original;
    this.purpose = purpose;
  }
}
