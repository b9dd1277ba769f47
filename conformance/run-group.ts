import type { Case } from './case.ts';
import { inPool } from './pool.ts';
import { HealthCheck } from './health-check.ts';
import type { CaseResult } from './results.ts';
import { runCase, notTestable } from './run-case.ts';
import { StartFailed, type RunningServer, type Servers } from './server/servers.ts';
import type { Settings } from './settings.ts';
import { sleep } from './waiting.ts';

/** A case with the settings of its server. */
export interface ScheduledCase {
  readonly testCase: Case;
  readonly settings: Settings;
  /** Added to the patience, in milliseconds. */
  readonly extraWait: number;
}

/** Cases that share one server process. */
export interface CaseGroup {
  /** The settings that the server is started with. */
  readonly settings: Settings;
  readonly cases: readonly ScheduledCase[];
}

export interface GroupOptions extends CaseGroup {
  readonly servers: Servers;
  readonly atOnce: number;
  readonly report: (result: CaseResult) => void;
}

/** The current server process and its health check. */
interface ServerUnderTest {
  readonly server: RunningServer;
  readonly healthCheck: HealthCheck;
}

const RESTART_POLL_MS = 250;

/**
 * Runs one group: parallel cases first, then those marked `later`, then the others one by one. If the server becomes unhealthy,
 * all cases that were running are repeated alone, to find the one that caused it.
 */
export async function runGroup(options: GroupOptions): Promise<void> {
  const group = new GroupRun(options);
  try {
    await group.run();
  } finally {
    await group.stop();
  }
}

class GroupRun {
  readonly #options: GroupOptions;
  #current: ServerUnderTest | undefined;
  /** The reason why no server is available. */
  #unavailable = '';

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { cases } = this.#options;
    await this.#start();
    const repeats = await this.#runTogether(cases.filter(({ testCase }) => testCase.pace === undefined));
    repeats.push(...(await this.#runTogether(cases.filter(({ testCase }) => testCase.pace === 'later'))));
    for (const scheduled of [...repeats, ...cases.filter(({ testCase }) => testCase.pace === 'alone')]) {
      await this.#runAlone(scheduled);
    }
  }

  async stop(): Promise<void> {
    this.#current?.healthCheck.stop();
    await this.#current?.server.stop();
    this.#current = undefined;
  }

  /** @returns the cases to repeat, because the server became unhealthy. */
  async #runTogether(cases: readonly ScheduledCase[]): Promise<ScheduledCase[]> {
    const repeats: ScheduledCase[] = [];
    const running = new Set<ScheduledCase>();
    let suspects: ScheduledCase[] = [];
    let problem: string | undefined;
    await inPool(this.#options.atOnce, cases, async (scheduled) => {
      const current = this.#current;
      if (problem !== undefined || current === undefined) return void repeats.push(scheduled);
      running.add(scheduled);
      const result = await runScheduled(scheduled, current);
      if (result.verdict !== 'ok' && problem === undefined) {
        problem = await current.healthCheck.check();
        if (problem !== undefined) suspects = [...running];
      }
      running.delete(scheduled);
      if (problem === undefined) return this.#options.report(result);
      repeats.push(scheduled);
    });
    if (problem === undefined) return repeats;
    await this.#recover(problem);
    return this.#current === undefined ? this.#reportSuspects(suspects, problem, repeats) : repeats;
  }

  async #runAlone(scheduled: ScheduledCase): Promise<void> {
    const { report } = this.#options;
    if (this.#current === undefined) return report(notTestable(scheduled.testCase, this.#unavailable));
    const result = await runScheduled(scheduled, this.#current);
    const problem = await this.#current.healthCheck.check();
    if (problem === undefined) return report(result);
    report({ ...result, verdict: 'dangerous', why: result.why === undefined ? problem : `${problem} (${result.why})` });
    await this.#recover(`${problem}, after ${scheduled.testCase.id}`);
  }

  /** The server cannot be restarted, so the responsible case cannot be determined. @returns the remaining cases */
  #reportSuspects(suspects: readonly ScheduledCase[], problem: string, cases: readonly ScheduledCase[]): ScheduledCase[] {
    const names = suspects.map(({ testCase }) => testCase.id).join(', ');
    for (const { testCase } of suspects) {
      this.#options.report({ ...notTestable(testCase, `${problem}, while these ran: ${names}`), verdict: 'dangerous' });
    }
    return cases.filter((scheduled) => !suspects.includes(scheduled));
  }

  async #start(): Promise<void> {
    try {
      const server = await this.#options.servers.start(this.#options.settings);
      this.#current = { server, healthCheck: new HealthCheck(server) };
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      this.#unavailable = error.message;
      return;
    }
    await this.#current.healthCheck.start();
    const problem = await this.#current.healthCheck.check();
    if (problem === undefined) return;
    await this.stop();
    this.#unavailable = problem;
  }

  /** Starts another server, or waits for an external server to recover. */
  async #recover(problem: string): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    await this.stop();
    if (current.server.canRestart) return this.#start();
    const deadline = performance.now() + current.server.profile.patience;
    while (performance.now() < deadline) {
      const healthCheck = new HealthCheck(current.server);
      await healthCheck.start();
      if ((await healthCheck.check()) === undefined) {
        this.#current = { server: current.server, healthCheck };
        return;
      }
      healthCheck.stop();
      await sleep(RESTART_POLL_MS);
    }
    this.#unavailable = `earlier, ${problem}`;
  }
}

function runScheduled({ testCase, settings, extraWait }: ScheduledCase, { server }: ServerUnderTest): Promise<CaseResult> {
  return runCase(testCase, { ...server.profile, settings, patience: server.profile.patience + extraWait });
}
