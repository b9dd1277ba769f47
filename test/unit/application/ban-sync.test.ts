import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryClusterRecords } from '../../../src/adapters/cluster-records/memory/records.ts';
import { BanSync, storedBan } from '../../../src/application/ban-sync.ts';
import type { ClusterRecords } from '../../../src/application/ports/cluster-records.ts';
import { BanTable, type Ban } from '../../../src/domain/bans.ts';
import { NEVER } from '../../../src/domain/time.ts';

let clock: ManualClock;
let records: MemoryClusterRecords;
let bans: BanTable;
/** Calls of the scan that closes banned clients. */
let scans: number;
let isReachable: boolean;

beforeEach(() => {
  clock = new ManualClock();
  records = new MemoryClusterRecords(clock, () => []);
  bans = new BanTable();
  scans = 0;
  isReachable = true;
});

function make(over: Partial<ClusterRecords> = {}): BanSync {
  const bus = {
    get isReachable() {
      return isReachable;
    },
  };
  const closeBanned = (answer: (closed: number) => void): void => {
    scans += 1;
    answer(3);
  };
  const used: ClusterRecords = {
    nodes: (answer) => records.nodes(answer),
    putBan: (ban, answer) => records.putBan(ban, answer),
    removeBan: (id, answer) => records.removeBan(id, answer),
    readBans: (known, answer) => records.readBans(known, answer),
    ...over,
  };
  return new BanSync({ bans, records: used, bus, closeBanned, clock } as never);
}

function banOf(value: string, endsAt = NEVER): Ban {
  return { id: `sub:${value}`, what: 'sub', value, realm: undefined, endsAt, reason: undefined };
}

function store(ban: Ban): void {
  records.putBan(storedBan(ban, clock.now()), () => undefined);
}

function sync(one: BanSync): unknown {
  const seen: unknown[] = [];
  one.sync((closed) => seen.push(closed));
  return seen;
}

const values = (): string[] => bans.all(clock.now()).map(({ value }) => value);

describe('the bans of a node', () => {
  it('ADM15: become those of the cluster, with their end, and close banned clients once', () => {
    const one = make();
    store(banOf('ann', 1_000));
    store(banOf('bob'));
    expect([sync(one), sync(one), scans]).toEqual([[3], [0], 1]);
    expect(values()).toEqual(['ann', 'bob']);
    clock.advance(1_000);
    expect(values()).toEqual(['bob']);
  });

  it('ADM15: end when another node lifts them, without a scan', () => {
    const one = make();
    store(banOf('ann'));
    sync(one);
    records.removeBan('sub:ann', () => undefined);
    expect([sync(one), values(), scans]).toEqual([[0], [], 1]);
  });

  it('ADM15: are stored again in an engine that has lost its data', () => {
    const one = make();
    store(banOf('ann', 1_000));
    store(banOf('bob'));
    sync(one);
    records = new MemoryClusterRecords(clock, () => []);
    clock.advance(400);
    sync(one);
    bans = new BanTable();
    sync(make());
    expect(bans.all(400).map(({ value, endsAt }) => [value, endsAt])).toEqual([
      ['ann', 1_000],
      ['bob', NEVER],
    ]);
  });

  it('ADM15: stay while the engine is unreachable or does not answer', () => {
    const one = make();
    store(banOf('ann'));
    sync(one);
    isReachable = false;
    expect([sync(one), values()]).toEqual([[undefined], ['ann']]);
    isReachable = true;
    expect(sync(make({ readBans: (_, answer) => answer('unavailable') }))).toEqual([undefined]);
    expect(values()).toEqual(['ann']);
  });

  it('ADM15: are read again for a caller that came during a reading', () => {
    const readings: (() => void)[] = [];
    const one = make({ readBans: (known, answer) => void readings.push(() => records.readBans(known, answer)) });
    const seen: unknown[] = [];
    one.sync((closed) => seen.push(['first', closed]));
    store(banOf('ann'));
    for (const name of ['second', 'third']) one.sync((closed) => seen.push([name, closed]));
    expect(readings).toHaveLength(1);
    readings[0]?.();
    expect([readings.length, seen]).toEqual([2, [['first', 3]]]);
    readings[1]?.();
    expect(seen.slice(1)).toEqual([
      ['second', 0],
      ['third', 0],
    ]);
  });
});
