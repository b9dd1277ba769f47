import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../conformance/profile.ts';
import type { RandomResult } from '../../../conformance/random/random-result.ts';
import { runRandom, type RandomOptions } from '../../../conformance/random/run-random.ts';
import { FaultyServer, type Fault, type FaultySettings } from '../../unit/conformance/random/faulty-server.ts';

const SILENT = { stdout: { write: () => true }, stderr: { write: () => true }, isTerminal: false };

interface FaultOptions extends Partial<RandomOptions> {
  readonly fault?: Fault;
  readonly set?: FaultySettings;
  readonly patience?: number;
}

/** Short, because a server in the same process responds immediately. */
const SHORT_PATIENCE = { patience: 600, late: 500 };
/** Long, because the number of remaining steps must not depend on the speed of the machine. */
export const SHRINKING_MS = 240_000;

/** Plays random runs against a server in this process. */
export async function runOnFaulty({
  fault,
  set,
  patience = SHORT_PATIENCE.patience,
  ...options
}: FaultOptions): Promise<RandomResult> {
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

/** Each fault, the rules that may detect it, the maximum number of steps, and the server settings. */
type FaultRow = readonly [fault: Fault, rules: string, steps: number, set?: FaultySettings];

export function describeFaults(faults: readonly FaultRow[]): void {
  describe.concurrent('30 random runs find', () => {
    it.for(faults)('a server that %s', async ([fault, rules, most, set = {}]) => {
      const { finding, report } = await runOnFaulty({ fault, set });
      expect(rules.split(' '), report).toContain(finding?.rule);
      expect(finding?.isRepeatable, report).toBe(true);
      expect(finding?.steps.length, report).toBeLessThanOrEqual(most);
    });
  });
}
