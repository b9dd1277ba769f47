import { expect, it } from 'vitest';
import type { Connections } from '../../../src/application/connections.ts';
import { chargeFanOut } from '../../../src/application/fan-out-charge.ts';
import type { Performer } from '../../../src/application/performer.ts';
import { Realm } from '../../../src/domain/realm.ts';
import { LIMITS, REALM_IDENTITY, session } from '../domain/session-fixture.ts';

/** Units of the turn that the last charge has spent. */
let spent: number;

/** The decisions of one charge. */
function charge(receivers: number, { isFull = false, burst = 100, groups = 0 } = {}): string[] {
  const realm = new Realm(REALM_IDENTITY, { ...LIMITS, messageBurst: burst });
  const ann = session('ann', realm);
  realm.connecting(ann, 0);
  const decisions: string[] = [];
  const perform: Performer['perform'] = (_realm, decision) => void decisions.push(decision.do);
  const performer = { perform } as Performer;
  spent = 0;
  const find = (): object => ({ socket: { spend: (units: number) => void (spent += units) } });
  chargeFanOut({ performer, connections: { fanOut: { isFull }, find } as unknown as Connections }, ann, receivers, 0, groups);
  // The rest of the bucket shows how much was taken.
  let left = 0;
  while (decisions.length === 0 && realm.takeTokens(ann, 0) === undefined) left += 1;
  return [...decisions, `${left} left`];
}

it('T11: one token for each full 250 receivers, at most 20', () => {
  expect([249, 250, 1_000, 5_000, 1_000_000].map((receivers) => charge(receivers)[0])).toEqual([
    ...['100 left', '99 left', '96 left', '80 left', '80 left'],
  ]);
});

it('T11, M19: a client that exceeds its rate limit is closed at once', () =>
  expect(charge(5_000, { burst: 2, isFull: true })).toEqual(['close', '0 left']));

it('T10: a client is paused while too many deliveries wait', () => expect(charge(1, { isFull: true })[0]).toBe('pause'));

it('T15, M23: receivers and groups count against the turn', () => {
  const unitsOf = (receivers: number, groups: number): number => (charge(receivers, { groups }), spent);
  expect([unitsOf(1, 0), unitsOf(1_000, 0), unitsOf(1_000, 1_000)]).toEqual([0, 200, 4_200]);
});
