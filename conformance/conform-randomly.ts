import type { ConformArguments, RandomArguments } from './arguments.ts';
import type { Io } from './io.ts';
import type { RandomResult } from './random/random-result.ts';
import type { Tolerance } from './random/expectations.ts';
import { formatReplayFile } from './random/replay-file.ts';
import { runRandom } from './random/run-random.ts';
import { StartFailed, type RunningServer, type Servers } from './server/servers.ts';
import { SETUPS } from './setups.ts';
import { writeReport } from './write-reports.ts';

/**
 * Implements `signalbox conform --random` and `--replay`: starts a server, or uses the given one, and plays random steps.
 * @throws UsageError if the steps of `--replay` are invalid.
 */
export async function conformRandomly(
  random: RandomArguments,
  servers: Servers,
  { declared, expect, saveReplay }: ConformArguments,
  io: Io,
): Promise<RandomResult | undefined> {
  const resolved = servers.resolve(SETUPS['random runs']);
  const settings = 'settings' in resolved ? resolved.settings : declared;
  let server: RunningServer;
  try {
    server = await servers.start(settings);
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    io.stderr.write(`signalbox conform: ${error.message}\n`);
    return undefined;
  }
  const restart = async (): Promise<RunningServer['profile']> => {
    await server.stop();
    server = await servers.start(settings);
    return server.profile;
  };
  try {
    const profile = { ...server.profile, settings };
    const result = await runRandom(
      {
        ...random,
        tolerance: toleranceOf(random),
        server: profile,
        expectations: expect,
        restart: server.canRestart ? restart : undefined,
      },
      io,
    );
    const { finding } = result;
    if (finding !== undefined) writeReport(saveReplay, () => formatReplayFile(finding, { settings, expect }), io);
    return result;
  } finally {
    await server.stop();
  }
}

/** Only the given values replace the defaults. */
function toleranceOf({ late, early, jitter }: RandomArguments): Partial<Tolerance> {
  return {
    ...(late === undefined ? {} : { late }),
    ...(early === undefined ? {} : { early }),
    ...(jitter === undefined ? {} : { jitter }),
  };
}
