import { describe, expect, it, vi } from 'vitest';
import { profileOf, type Profile } from '../../../conformance/profile.ts';
import type { ExpectationsName } from '../../../conformance/random/expectations.ts';
import type { RandomResult } from '../../../conformance/random/random-result.ts';
import { runRandom, type RandomOptions } from '../../../conformance/random/run-random.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { Server } from '../../support/e2e/server.ts';
import { PEER, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { FaultyServer, type Fault, type FaultySettings } from '../../unit/conformance/random/faulty-server.ts';

// Runs wait more than they work.
vi.setConfig({ testTimeout: 240_000, maxConcurrency: 10 });

const SILENT = { stdout: { write: () => true }, stderr: { write: () => true }, isTerminal: false };
const PATIENCE_MS = 10_000;

/** Every deadline comes while a run is played. */
const SOON: Settings = { expire_timeout: 600, alive_timeout: 2_000, cleanup_out_msgs: 200 };
const SMALL: Settings = { mailbox_messages: 12, mailboxes_per_sender: 3, messages_per_second: 100, message_burst: 400 };
const FEW: Settings = { concurrent_limit: 4 };
const REALMS: Settings = { key: ['here', 'there'] };

interface Right {
  readonly kind: ServerKind;
  readonly expectations: ExpectationsName;
  readonly settings: Settings;
}

const RIGHT: readonly (readonly [what: string, right: Right])[] = [
  ['signalbox on uws, as it is', { kind: SIGNALBOX_UWS, expectations: 'signalbox', settings: {} }],
  [
    'signalbox on uws, with every bound near',
    { kind: SIGNALBOX_UWS, expectations: 'signalbox', settings: { ...SOON, ...SMALL, ...REALMS } },
  ],
  ['signalbox on node, as it is', { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: {} }],
  [
    'signalbox on node, with every bound near',
    { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: { ...SOON, ...SMALL, ...REALMS } },
  ],
  ['signalbox on node, for few peers', { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: FEW }],
  ['signalbox on uws, to somebody who does not know it', { kind: SIGNALBOX_UWS, expectations: 'compatible', settings: REALMS }],
  ['peer, as it is', { kind: PEER, expectations: 'peer', settings: {} }],
  ['peer, with short timeouts', { kind: PEER, expectations: 'peer', settings: SOON }],
];

describe.concurrent('30 random runs break no promise', () => {
  it.for(RIGHT)('M1 M6 M7 M9 M10 M13 M14 M17 O3 O4 O5 O6 L1 L2 L4: of %s', async ([, { kind, expectations, settings }]) => {
    const server = await Server.start({ kind, options: { ...settings } });
    try {
      const address = { host: server.host, port: server.port, secure: false, trustsAnyCertificate: false };
      const profile = profileOf(address, settings, PATIENCE_MS);
      const { outcome, report, runs } = await runRandom({ server: profile, runs: 30, seed: 7, expectations }, SILENT);
      expect(outcome, report).toBe('kept');
      expect(runs).toBe(30);
    } finally {
      await server.stop();
    }
  });
});

interface Asked extends Partial<RandomOptions> {
  readonly fault?: Fault;
  readonly set?: FaultySettings;
  readonly patience?: number;
}

/** Not patient: what does not come at once from a server in the same process, does not come. */
const IMPATIENT = { patience: 600, late: 500 };
/** As long as it takes: how few steps are left must not hang on how fast the machine is. */
const SHRINKING_MS = 90_000;

async function ask({ fault, set, patience = IMPATIENT.patience, ...options }: Asked): Promise<RandomResult> {
  let server = await FaultyServer.start(fault, set);
  const profile = (): Profile => ({ ...server.profile, patience });
  const restart = async (): Promise<Profile> => {
    server.stop();
    server = await FaultyServer.start(fault, set);
    return profile();
  };
  const tolerance = { late: IMPATIENT.late };
  try {
    return await runRandom(
      { server: profile(), seed: 1, expectations: 'signalbox', tolerance, restart, shrinkFor: SHRINKING_MS, ...options },
      SILENT,
    );
  } finally {
    server.stop();
  }
}

const EXPIRES: FaultySettings = { expire_timeout: 400 };
const SILENCE: FaultySettings = { alive_timeout: 900 };
const CROWD: FaultySettings = { concurrent_limit: 4 };

/** Each fault, the rules by which it may show, the most steps that it is shown by, and how the server is set. */
type Row = readonly [fault: Fault, rules: string, steps: number, set?: FaultySettings];

const FAULTS: readonly Row[] = [
  ['spoofs src', 'M1', 4],
  ['swaps the order', 'M17', 4],
  ['delivers twice', 'M1', 4],
  ['delivers to another', 'M1', 6],
  ['passes unknown members on', 'M1', 4],
  ['changes the type', 'M1', 4],
  ['loses what is held', 'O11', 5],
  ['delivers what is held twice', 'O11', 6],
  ['delivers what is held backwards', 'M17', 6],
  ['delivers what is held before OPEN', 'O11', 4],
  ['holds LEAVE', 'M6 M13 M14', 4],
  ['ignores tokens', 'O4', 4],
  ['frees no id', 'L2', 4],
  ['frees no id at LEAVE', 'M7', 4],
  ['frees an id that was taken over', 'M1 M4 O3 O4', 5],
  ['sends no OPEN', 'O3', 2],
  ['sends OPEN to who is refused', 'O4 O6 O7', 4],
  ['lets the old socket live', 'O5', 4],
  ['goes deaf after bad JSON', 'M10', 4],
  ['forgives all bad JSON', 'M10', 4],
  ['dies of bad JSON', 'M10', 4],
  ['answers HEARTBEAT', 'M9', 3],
  ['answers no ping', 'L3', 2],
  ['keeps who is silent', 'L1', 4, SILENCE],
  ['cuts who is not silent', 'L1', 6, SILENCE],
  ['tells no EXPIRE', 'M13 M14', 6, EXPIRES],
  ['tells EXPIRE early', 'M14', 6, EXPIRES],
  ['tells EXPIRE to all', 'M14', 8, EXPIRES],
  ['tells EXPIRE and delivers', 'M13 M14', 8, EXPIRES],
  ['has no bound for mailboxes', 'M13', 6],
  ['tells EXPIRE where there is room', 'M13', 4],
  ['lets too many in', 'O6', 7, CROWD],
  ['mixes realms', 'O2 O3 O4 M1', 5],
  ['takes ids that are nobody’s', 'O7', 3],
];

describe.concurrent('30 random runs find', () => {
  it('nothing, where there is nothing', async () => {
    expect((await ask({})).outcome).toBe('kept');
  });

  it.each(['signalbox', 'compatible', 'peer'] as const)(
    'nothing, where it only takes its time: held to %s',
    async (expectations) => {
      const { outcome, report } = await ask({ set: { lag: 5 }, expectations, patience: 5_000 });
      expect(outcome, report).toBe('kept');
    },
  );

  it.for(FAULTS)('a server that %s', async ([fault, rules, most, set = {}]) => {
    const { finding, report } = await ask({ fault, set });
    expect(rules.split(' '), report).toContain(finding?.rule);
    expect(finding?.isRepeatable, report).toBe(true);
    expect(finding?.steps.length, report).toBeLessThanOrEqual(most);
  });

  it('M10: that peer goes deaf, where it is not excused', async () => {
    const server = await Server.start({ kind: PEER });
    try {
      const address = { host: server.host, port: server.port, secure: false, trustsAnyCertificate: false };
      const { finding } = await runRandom({ server: profileOf(address, {}, 3_000), seed: 5 }, SILENT);
      expect(finding).toMatchObject({ rule: 'M10', isDangerous: false, isRepeatable: true });
      expect(finding?.descriptions).toHaveLength(2);
    } finally {
      await server.stop();
    }
  });
});
