/** Counts of one node, or rates of its last second. */
export interface Counts {
  readonly opened: number;
  readonly closed: number;
  readonly refused: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

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
  readonly realms: readonly { readonly realm: string; readonly peers: number; readonly limit: number }[];
  readonly perSecond: Counts;
}

/** The answer of `GET /api/overview`. */
export interface Overview {
  readonly nodes: readonly NodeInOverview[];
  readonly missing: readonly string[];
}
