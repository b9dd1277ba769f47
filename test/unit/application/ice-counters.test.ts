import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { countIssuedIce } from '../../../src/application/ice-counters.ts';
import { RealmLabels } from '../../../src/application/realm-labels.ts';
import { realmKey } from '../../../src/domain/ids.ts';

it('I11: counts ICE servers by realm, and those without TURN separately', () => {
  const telemetry = new MemoryTelemetry();
  const parts = { telemetry, realmLabels: new RealmLabels(['green']) };
  const issued = { servers: [], ttl: 60, expiresAt: 0 };
  countIssuedIce(parts, realmKey('green'), issued);
  countIssuedIce(parts, realmKey('team-7'), { ...issued, lacksTurn: true });
  expect(telemetry.samples('ice_issued_total')).toEqual([{ labels: { realm: 'green' }, value: 1 }]);
  expect(telemetry.samples('ice_without_turn_total')).toEqual([{ labels: { realm: 'other' }, value: 1 }]);
});
