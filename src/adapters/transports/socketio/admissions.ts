import type { Admission } from '../../../application/ports/transport.ts';
import type { SessionQuery } from './handshake.ts';
import type { PollingCarrier } from './polling.ts';
import type { EngineSession } from './session.ts';
import type { UpgradeProbe } from './websocket.ts';

/** A session, and what may carry it. */
export interface Seat {
  readonly session: EngineSession;
  readonly polling: PollingCarrier | undefined;
  /** The WebSocket that may take it over; it is let in before it opens. */
  probe: UpgradeProbe | 'opening' | undefined;
}

/** What a WebSocket on the path of Socket.IO was let in for. */
export interface WebSocketPurpose {
  readonly query: SessionQuery;
  /** The token of a handshake. */
  readonly token?: string | undefined;
  /** The session that it may take over. */
  readonly seat?: Seat;
}

/** The admission of a WebSocket on the path of Socket.IO. The gateway knows the original. */
export class WebSocketAdmission implements Admission {
  readonly accept = true;
  readonly dialect: string;
  readonly introduction: Admission['introduction'];
  readonly carrier = 'socket';
  readonly address: string;
  readonly holding: Admission['holding'];
  readonly original: Admission;
  readonly purpose: WebSocketPurpose;

  constructor(original: Admission, purpose: WebSocketPurpose) {
    this.dialect = original.dialect;
    this.introduction = original.introduction;
    this.address = original.address;
    this.holding = original.holding;
    this.original = original;
    this.purpose = purpose;
  }
}
