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

const NUMBERS = ['upSeconds', 'connections', 'maxConnections', 'peers', 'bans'] as const;
const RATES = ['opened', 'closed', 'refused', 'framesIn', 'framesOut'] as const;

/** Whether a value of a server has all that the command shows. Members that it does not know are no fault. */
export function isOverview(value: unknown): value is Overview {
  if (!isObject(value)) return false;
  const { nodes, missing } = value;
  const isNamed = (name: unknown): boolean => typeof name === 'string';
  return Array.isArray(nodes) && nodes.every(isNode) && Array.isArray(missing) && missing.every(isNamed);
}

function isNode(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { node, version, realms, perSecond } = value;
  const isComplete = typeof node === 'string' && typeof version === 'string' && hasNumbers(value, NUMBERS);
  return isComplete && isObject(perSecond) && hasNumbers(perSecond, RATES) && Array.isArray(realms) && realms.every(isRealm);
}

function isRealm(value: unknown): boolean {
  return isObject(value) && typeof value['realm'] === 'string' && hasNumbers(value, ['peers', 'limit']);
}

function hasNumbers(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'number');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
