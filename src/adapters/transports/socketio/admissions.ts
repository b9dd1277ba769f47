import type { Admission } from '../../../application/ports/transport.ts';
import type { SessionQuery } from './handshake.ts';
import type { PollingTransport } from './polling.ts';
import type { EngineSession } from './session.ts';
import type { UpgradeProbe } from './websocket.ts';

/** A session and its transports. */
export interface SessionEntry {
  readonly session: EngineSession;
  readonly polling: PollingTransport | undefined;
  /** The WebSocket to which the session may upgrade; `opening` after its admission, before it is open. */
  probe: UpgradeProbe | 'opening' | undefined;
}

/** The purpose for which a WebSocket on the path of Socket.IO was admitted. */
export interface WebSocketPurpose {
  readonly query: SessionQuery;
  /** The token of the handshake. */
  readonly token?: string | undefined;
  /** The session that this WebSocket may take over. */
  readonly entry?: SessionEntry;
}

/** The admission of a WebSocket on the path of Socket.IO. `original` is the admission that the gateway gave. */
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
