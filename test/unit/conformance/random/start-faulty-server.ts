import { onTestFinished } from 'vitest';
import { EXPECTATIONS, type ExpectationsName } from '../../../../conformance/random/expectations.ts';
import { limitsFrom } from '../../../../conformance/random/limits.ts';
import type { RunContext } from '../../../../conformance/random/run-context.ts';
import { FaultyServer, type Fault, type FaultySettings } from './faulty-server.ts';

interface ServerOptions {
  readonly fault?: Fault | undefined;
  readonly set?: FaultySettings;
  readonly expect?: ExpectationsName;
  readonly patience?: number;
}

/** Starts a server that is stopped at the end of the test. */
export async function startFaultyServer({ fault, set, expect = 'signalbox', patience }: ServerOptions = {}): Promise<{
  server: FaultyServer;
  context: RunContext;
}> {
  const server = await FaultyServer.start(fault, set);
  onTestFinished(() => server.stop());
  const profile = { ...server.profile, ...(patience === undefined ? {} : { patience }) };
  const { [expect]: expected } = EXPECTATIONS;
  const limits = limitsFrom(profile.settings, expected.limits);
  const keys = profile.settings.key ?? [];
  return { server, context: { server: profile, keys, expected: { ...expected, limits }, longestWait: 3_000, atOnce: 2 } };
}
