import { describe, expect, it, vi } from 'vitest';
import { profileOf } from '../../../conformance/profile.ts';
import type { ExpectationsName } from '../../../conformance/random/expectations.ts';
import { runRandom } from '../../../conformance/random/run-random.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { Server } from '../../support/e2e/server.ts';
import { PEER, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import type { FaultySettings } from '../../unit/conformance/random/faulty-server.ts';
import { describeFaults, runOnFaulty, SHRINKING_MS } from './random-suite.ts';

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

const EXPIRES: FaultySettings = { expire_timeout: 400 };

/** One for each kind of promise; the soak has the others. */
describeFaults([
  ['relays a forged src', 'M1', 4],
  ['reorders messages', 'M17', 4],
  ['delivers to another peer', 'M1', 6],
  ['loses held messages', 'O11', 5],
  ['ignores tokens', 'O4', 4],
  ['keeps the old socket open', 'O5', 4],
  // After a pause, an early EXPIRE looks like the answer to a later message.
  ['sends EXPIRE early', 'M13 M14', 6, EXPIRES],
]);

describe.concurrent('30 random runs find', () => {
  it('no violation in a conforming server', async () => {
    const { outcome, report } = await runOnFaulty({ patience: 5_000, tolerance: {} });
    expect(outcome, report).toBe('passed');
  });

  it.each(['signalbox', 'compatible', 'peer'] as const)(
    'no violation in a slow server, with the expectations %s',
    async (expectations) => {
      const { outcome, report } = await runOnFaulty({ set: { lag: 5 }, expectations, patience: 5_000, tolerance: {} });
      expect(outcome, report).toBe('passed');
    },
  );

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
