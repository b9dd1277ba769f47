import type { Clock } from '../../../application/ports/clock.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Defer } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { Protocol } from './handshake.ts';
import type { LineReader } from './lines.ts';
import type { Authorize, DescribeRefusal } from './rights.ts';

/** Dependencies that all sessions share. */
export interface SessionContext {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Runs a turn after the current one, and catches its errors. */
  readonly defer: Defer;
  readonly limits: PerConnectionLimits;
  /** The longest first. */
  readonly prefixes: readonly string[];
  readonly authorize: Authorize;
  readonly describeRefusal: DescribeRefusal;
  readonly lines: LineReader;
  /** SIO7: how long a session may take to connect to the main namespace. */
  readonly connectTimeout: Millis;
  /** SIO8: the ping interval in the handshake response. */
  readonly pingInterval: Millis;
}

/** Parameters of a new session. */
export interface SessionOpening {
  readonly sid: string;
  readonly protocol: Protocol;
  readonly admission: Admission;
  /** The token of the handshake. */
  readonly token: string | undefined;
}
