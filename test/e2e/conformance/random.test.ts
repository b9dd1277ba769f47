import { describe, expect, it, vi } from 'vitest';
import { profileOf, type Profile } from '../../../conformance/profile.ts';
import type { ExpectationsName } from '../../../conformance/random/expectations.ts';
import type { RandomResult } from '../../../conformance/random/random-result.ts';
import { runRandom, type RandomOptions } from '../../../conformance/random/run-random.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { Server } from '../../support/e2e/server.ts';
import { PEER, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { FaultyServer, type Fault, type FaultySettings } from '../../unit/conformance/random/faulty-server.ts';

// Runs spend most of their time waiting.
vi.setConfig({ testTimeout: 480_000, maxConcurrency: 10 });

const SILENT = { stdout: { write: () => true }, stderr: { write: () => true }, isTerminal: false };
const PATIENCE_MS = 10_000;

/** Every timeout expires during a run. */
const SOON: Settings = { expire_timeout: 600, alive_timeout: 2_000, cleanup_out_msgs: 200 };
const SMALL: Settings = { mailbox_messages: 12, mailboxes_per_sender: 3, messages_per_second: 100, message_burst: 400 };
const FEW: Settings = { concurrent_limit: 4 };
const REALMS: Settings = { key: ['here', 'there'] };

interface Conforming {
  readonly kind: ServerKind;
  readonly expectations: ExpectationsName;
  readonly settings: Settings;
}

const CONFORMING: readonly (readonly [what: string, conforming: Conforming])[] = [
  ['signalbox on uws, with defaults', { kind: SIGNALBOX_UWS, expectations: 'signalbox', settings: {} }],
  [
    'signalbox on uws, with low limits',
    { kind: SIGNALBOX_UWS, expectations: 'signalbox', settings: { ...SOON, ...SMALL, ...REALMS } },
  ],
  ['signalbox on node, with defaults', { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: {} }],
  [
    'signalbox on node, with low limits',
    { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: { ...SOON, ...SMALL, ...REALMS } },
  ],
  ['signalbox on node, with a low concurrent limit', { kind: SIGNALBOX_NODE, expectations: 'signalbox', settings: FEW }],
  ['signalbox on uws, as an unknown server', { kind: SIGNALBOX_UWS, expectations: 'compatible', settings: REALMS }],
  ['peer, with defaults', { kind: PEER, expectations: 'peer', settings: {} }],
  ['peer, with short timeouts', { kind: PEER, expectations: 'peer', settings: SOON }],
];

describe.concurrent('20 random runs violate no rule', () => {
  it.for(CONFORMING)('M1 M6 M7 M9 M10 M13 M14 M17 O3 O4 O5 O6 L1 L2 L4: of %s', async ([, { kind, expectations, settings }]) => {
    const server = await Server.start({ kind, options: { ...settings } });
    try {
      const address = { host: server.host, port: server.port, secure: false, trustsAnyCertificate: false };
      const profile = profileOf(address, settings, PATIENCE_MS);
      const { outcome, report, runs } = await runRandom({ server: profile, runs: 20, seed: 7, expectations }, SILENT);
      expect(outcome, report).toBe('passed');
      expect(runs).toBe(20);
    } finally {
      await server.stop();
    }
  });
});

interface FaultOptions extends Partial<RandomOptions> {
  readonly fault?: Fault;
  readonly set?: FaultySettings;
  readonly patience?: number;
}

/** Short, because a server in the same process responds immediately. */
const SHORT_PATIENCE = { patience: 600, late: 500 };
/** Long, because the number of remaining steps must not depend on the speed of the machine. */
const SHRINKING_MS = 240_000;

async function run({ fault, set, patience = SHORT_PATIENCE.patience, ...options }: FaultOptions): Promise<RandomResult> {
  let server = await FaultyServer.start(fault, set);
  const profile = (): Profile => ({ ...server.profile, patience });
  const restart = async (): Promise<Profile> => {
    server.stop();
    server = await FaultyServer.start(fault, set);
    return profile();
  };
  const tolerance = { late: SHORT_PATIENCE.late };
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
/** Another owner takes the id within this time, also on a busy machine. */
const EXPIRES_LATER: FaultySettings = { expire_timeout: 1_500 };
const LIVENESS: FaultySettings = { alive_timeout: 900 };
const FEW_PEERS: FaultySettings = { concurrent_limit: 4 };

/** Each fault, the rules that may detect it, the maximum number of steps, and the server settings. */
type Row = readonly [fault: Fault, rules: string, steps: number, set?: FaultySettings];

const FAULTS: readonly Row[] = [
  ['relays a forged src', 'M1', 4],
  ['relays a forged src of held messages', 'M1 O11', 5],
  ['parses leniently', 'M1 M10', 4],
  ['reorders messages', 'M17', 4],
  ['delivers twice', 'M1', 4],
  ['delivers to another peer', 'M1', 6],
  ['relays unknown members', 'M1', 4],
  ['changes the type', 'M1', 4],
  ['loses held messages', 'O11', 5],
  ['delivers held messages twice', 'O11', 6],
  ['reverses held messages', 'M17', 6],
  ['delivers held messages before OPEN', 'O11', 4],
  ['holds LEAVE', 'M6 M13 M14', 4],
  ['ignores tokens', 'O4', 4],
  ['frees no id', 'L2', 4],
  ['frees no id at LEAVE', 'M7', 4],
  ['frees the id of a replaced socket', 'M1 M4 O3 O4', 5],
  ['sends no OPEN', 'O3', 2],
  ['sends OPEN before a refusal', 'O4 O6 O7', 4],
  ['keeps the old socket open', 'O5', 4],
  ['ignores a socket after bad JSON', 'M10', 4],
  ['tolerates any bad JSON', 'M10', 4],
  ['crashes on bad JSON', 'M10', 4],
  ['answers HEARTBEAT', 'M9', 3],
  ['answers no ping', 'L3', 2],
  ['never closes silent peers', 'L1', 4, LIVENESS],
  ['closes active peers', 'L1', 6, LIVENESS],
  ['sends no EXPIRE', 'M13 M14', 6, EXPIRES],
  // After a pause, an early EXPIRE looks like the answer to a later message.
  ['sends EXPIRE early', 'M13 M14', 6, EXPIRES],
  ['broadcasts EXPIRE', 'M14', 8, EXPIRES],
  ['sends EXPIRE to the next owner of the id', 'M14 M15', 8, EXPIRES_LATER],
  ['serializes payloads again', 'M2', 4],
  ['compares ids in lower case', 'M1 M13 M14', 8],
  ['sends EXPIRE and delivers', 'M13 M14', 8, EXPIRES],
  ['has no mailbox limits', 'M13', 6],
  ['sends EXPIRE despite capacity', 'M13', 4],
  ['exceeds the concurrent limit', 'O6', 7, FEW_PEERS],
  ['mixes realms', 'O2 O3 O4 O5 L1 M1', 5],
  ['accepts invalid ids', 'O7', 3],
];

describe.concurrent('30 random runs find', () => {
  it('no violation in a conforming server', async () => {
    const { outcome, report } = await run({ patience: 5_000, tolerance: {} });
    expect(outcome, report).toBe('passed');
  });

  it.each(['signalbox', 'compatible', 'peer'] as const)(
    'no violation in a slow server, with the expectations %s',
    async (expectations) => {
      const { outcome, report } = await run({ set: { lag: 5 }, expectations, patience: 5_000, tolerance: {} });
      expect(outcome, report).toBe('passed');
    },
  );

  it.for(FAULTS)('a server that %s', async ([fault, rules, most, set = {}]) => {
    const { finding, report } = await run({ fault, set });
    expect(rules.split(' '), report).toContain(finding?.rule);
    expect(finding?.isRepeatable, report).toBe(true);
    expect(finding?.steps.length, report).toBeLessThanOrEqual(most);
  });

  it('M10: that peer ignores a socket after a malformed frame, without the expectations peer', async () => {
    const server = await Server.start({ kind: PEER });
    try {
      const address = { host: server.host, port: server.port, secure: false, trustsAnyCertificate: false };
      const options = { server: profileOf(address, {}, 3_000), seed: 5, shrinkFor: SHRINKING_MS };
      const { finding } = await runRandom(options, SILENT);
      expect(finding).toMatchObject({ rule: 'M10', isDangerous: false, isRepeatable: true });
      expect(finding?.descriptions).toHaveLength(2);
    } finally {
      await server.stop();
    }
  });
});
