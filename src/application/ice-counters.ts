import type { RealmKey } from '../domain/ids.ts';
import type { IssuedIceServers } from './ports/ice-servers.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { RealmLabels } from './realm-labels.ts';

export interface IceCounterParts {
  readonly telemetry: Telemetry;
  readonly realmLabels: RealmLabels;
}

/** I11: counts ICE servers that were sent to a client. */
export function countIssuedIce(
  { telemetry, realmLabels }: IceCounterParts,
  realm: RealmKey,
  { lacksTurn }: IssuedIceServers,
): void {
  const metric = lacksTurn === true ? 'ice_without_turn_total' : 'ice_issued_total';
  telemetry.counter(metric, realmLabels.of(realm)).add();
}
