import type { Activity, RealmSummary } from '../../application/ports/operations.ts';

/** One node in the answer of `GET /api/overview`, as far as the command shows it. */
export interface NodeInOverview {
  readonly node: string;
  readonly version: string;
  readonly upSeconds: number;
  readonly isDraining: boolean;
  readonly isEngineReachable: boolean;
  readonly connections: number;
  readonly maxConnections: number;
  readonly peers: number;
  readonly bans: number;
  readonly realmCount: number;
  readonly realms: readonly RealmSummary[];
  readonly perSecond: Activity;
}

/** The answer of `GET /api/overview`. */
export interface Overview {
  readonly nodes: readonly NodeInOverview[];
  readonly missing: readonly string[];
}
