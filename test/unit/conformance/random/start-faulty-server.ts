import { onTestFinished } from 'vitest';
import { EXPECTATIONS, type ExpectationsName } from '../../../../conformance/random/expectations.ts';
import { limitsFrom } from '../../../../conformance/random/limits.ts';
import type { RunContext } from '../../../../conformance/random/run-context.ts';
import { FaultyServer, type Fault, type FaultySettings } from './faulty-server.ts';

interface Wanted {
  readonly fault?: Fault | undefined;
  readonly set?: FaultySettings;
  readonly expect?: ExpectationsName;
  readonly patience?: number;
}

/** A server that lives as long as the test, and a stage on it. */
export async function startFaultyServer({ fault, set, expect = 'signalbox', patience }: Wanted = {}): Promise<{
  server: FaultyServer;
  stage: RunContext;
}> {
  const server = await FaultyServer.start(fault, set);
  onTestFinished(() => server.stop());
  const profile = { ...server.profile, ...(patience === undefined ? {} : { patience }) };
  const { [expect]: expected } = EXPECTATIONS;
  const limits = limitsFrom(profile.settings, expected.limits);
  const keys = profile.settings.key ?? [];
  return { server, stage: { server: profile, keys, expected: { ...expected, limits }, longestWait: 3_000, atOnce: 2 } };
}
