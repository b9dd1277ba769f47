import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpRequest } from '../../../application/ports/http.ts';
import type { Admission } from '../../../application/ports/transport.ts';
import type { Millis } from '../../../domain/time.ts';
import type { ReporterContext } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { TurnEnd } from '../shared/turn-end.ts';
import type { OpenConnections } from './open-connections.ts';
import type { PacedEnds } from './paced-ends.ts';

/** An upgrade request, as Node emits it. */
export interface UpgradeRequest {
  readonly raw: IncomingMessage;
  readonly request: HttpRequest;
  readonly stream: Duplex;
  readonly head: Buffer;
}

/** Dependencies that the connections of a transport share. */
export interface AcceptorContext {
  readonly reporterContext: ReporterContext;
  readonly openConnections: OpenConnections;
  readonly limits: PerConnectionLimits;
  readonly turnEnd: TurnEnd;
  /** Undefined if the connections belong to an embedding program. */
  readonly pacedEnds: PacedEnds | undefined;
  /** A handshake that is not complete by then is terminated. */
  readonly handshakeTimeout: Millis;
  /**
   * `refused`: closed right after the handshake. `taken`: another listener has already used the socket.
   */
  readonly failed: (raw: IncomingMessage, why: 'refused' | 'taken') => void;
}

/** Completes handshakes that the gateway has accepted. */
export interface Handshakes {
  open(upgrade: UpgradeRequest, admission: Admission, context: AcceptorContext): void;
}
