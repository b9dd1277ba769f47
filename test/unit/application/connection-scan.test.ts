import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { scanSessions } from '../../../src/application/connection-scan.ts';
import type { Connection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';

let clock: ManualClock;
let connections: Connections;
beforeEach(() => {
  clock = new ManualClock();
  const tap = { isEnabled: false, received: (): void => undefined, sent: (): void => undefined };
  connections = new Connections(tap, clock, new NoTelemetry());
});

/** Only the session of a connection matters here. */
function add(count: number, session: object | undefined = {}): void {
  for (let n = 0; n < count; n++) connections.add({ session } as unknown as Connection);
}

function scan(firstSlot = 0, max = Number.POSITIVE_INFINITY): { visited: number[]; isDone: () => boolean } {
  const visited: number[] = [];
  let done = 0;
  scanSessions(
    { connections, clock },
    firstSlot,
    ({ slot }) => (visited.push(slot) < max ? 'next' : 'stop'),
    () => (done += 1),
  );
  return { visited, isDone: () => done === 1 };
}

describe('a scan of sessions', () => {
  it('ADM2: visits at most 2,000 slots before other work gets its turn', () => {
    add(5_000);
    const { visited, isDone } = scan();
    expect([visited.length, isDone()]).toEqual([2_000, false]);
    clock.advance(1);
    expect([visited.length, new Set(visited).size, isDone()]).toEqual([5_000, 5_000, true]);
  });

  it('begins at a slot, skips connections without session, and ends when the visitor has enough', () => {
    add(2);
    add(1, undefined);
    connections.add({ session: undefined } as unknown as Connection);
    add(2);
    expect(scan(1).visited).toEqual([1, 2, 4, 5]);
    expect(scan(0, 2)).toMatchObject({ visited: [0, 1] });
    expect(scan(0, 2).isDone()).toBe(true);
  });

  it('ends at once without connections', () => expect(scan().isDone()).toBe(true));
});
