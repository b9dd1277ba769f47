import type { Finding } from '../../doctor/findings.ts';
import type { IceUrl } from '../../doctor/target.ts';
import type { StepId } from '../../doctor/verdicts/verdict.ts';
import type { Hello } from '../../doctor/judge/view.ts';
import type { Identity, SignalSocket } from '../shared/signal-socket.ts';

/** Each request, and each attempt to reach a server, may take this long. Browsers wait up to 40 s. */
export const TIMEOUT_MS = 5_000;

/** The facts that later steps need from earlier ones. */
export interface PageContext {
  readonly broker: URL;
  readonly identity: Identity;
  /** The token of the application; undefined if the user gave none. */
  readonly token: string | undefined;
  /** Seconds of D8; 0 skips it. */
  readonly idle: number;
  hello?: Hello;
  /** The `Server` header of a proxy. */
  server?: string;
  /** The clock of the broker minus that of this browser, in milliseconds. */
  clockDifference?: number;
  signal?: SignalSocket;
  servers: readonly IceUrl[];
}

export interface PageStep {
  readonly id: StepId;
  readonly run: (context: PageContext) => Promise<readonly Finding[]>;
}
