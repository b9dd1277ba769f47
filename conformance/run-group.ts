import type { Case } from './case.ts';
import { inPool } from './pool.ts';
import { HealthCheck } from './health-check.ts';
import type { CaseResult } from './results.ts';
import { runCase, notTestable } from './run-case.ts';
import { StartFailed, type RunningServer, type Servers } from './server/servers.ts';
import type { Settings } from './settings.ts';
import { sleep } from './waiting.ts';

/** A case, and what is known of the server that it is run against. */
export interface ScheduledCase {
  readonly testCase: Case;
  readonly settings: Settings;
  /** Beyond the usual patience, in milliseconds. */
  readonly extraWait: number;
}

/** The cases that share a server process. */
export interface CaseGroup {
  /** How the server is started. */
  readonly settings: Settings;
  readonly cases: readonly ScheduledCase[];
}

export interface GroupOptions extends CaseGroup {
  readonly servers: Servers;
  readonly atOnce: number;
  readonly report: (result: CaseResult) => void;
}

/** A server under test, and the witnesses that watch it. */
interface ServerUnderTest {
  readonly server: RunningServer;
  readonly healthCheck: HealthCheck;
}

const RESTART_POLL_MS = 250;

/**
 * Runs the cases of one errand: those that may at the same time, then those that may later, then each of the rest by
 * itself. Where the server falls ill meanwhile, what ran then is run again by itself, so that the right one is blamed.
 */
export async function runGroup(options: GroupOptions): Promise<void> {
  const round = new GroupRun(options);
  try {
    await round.run();
  } finally {
    await round.stop();
  }
}

class GroupRun {
  readonly #options: GroupOptions;
  #current: ServerUnderTest | undefined;
  /** Why there is no server any more. */
  #unavailable = '';

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { cases } = this.#options;
    await this.#start();
    const again = await this.#runTogether(cases.filter(({ testCase }) => testCase.pace === undefined));
    again.push(...(await this.#runTogether(cases.filter(({ testCase }) => testCase.pace === 'later'))));
    for (const turn of [...again, ...cases.filter(({ testCase }) => testCase.pace === 'alone')]) await this.#runAlone(turn);
  }

  async stop(): Promise<void> {
    this.#current?.healthCheck.stop();
    await this.#current?.server.stop();
    this.#current = undefined;
  }

  /** @returns what must be run again, because the server fell ill. */
  async #runTogether(turns: readonly ScheduledCase[]): Promise<ScheduledCase[]> {
    const again: ScheduledCase[] = [];
    const running = new Set<ScheduledCase>();
    let suspects: ScheduledCase[] = [];
    let illness: string | undefined;
    await inPool(this.#options.atOnce, turns, async (turn) => {
      const ward = this.#current;
      if (illness !== undefined || ward === undefined) return void again.push(turn);
      running.add(turn);
      const result = await perform(turn, ward);
      if (result.verdict !== 'ok' && illness === undefined) {
        illness = await ward.healthCheck.check();
        if (illness !== undefined) suspects = [...running];
      }
      running.delete(turn);
      if (illness === undefined) return this.#options.report(result);
      again.push(turn);
    });
    if (illness === undefined) return again;
    await this.#recover(illness);
    return this.#current === undefined ? this.#reportSuspects(suspects, illness, again) : again;
  }

  async #runAlone(turn: ScheduledCase): Promise<void> {
    const { report } = this.#options;
    if (this.#current === undefined) return report(notTestable(turn.testCase, this.#unavailable));
    const result = await perform(turn, this.#current);
    const illness = await this.#current.healthCheck.check();
    if (illness === undefined) return report(result);
    report({ ...result, verdict: 'dangerous', why: result.why === undefined ? illness : `${illness} (${result.why})` });
    await this.#recover(`${illness}, after ${turn.testCase.id}`);
  }

  /** The server is gone for good, so nobody can tell which of them it was. @returns the others. */
  #reportSuspects(suspects: readonly ScheduledCase[], illness: string, turns: readonly ScheduledCase[]): ScheduledCase[] {
    const names = suspects.map(({ testCase }) => testCase.id).join(', ');
    for (const { testCase } of suspects) {
      this.#options.report({ ...notTestable(testCase, `${illness}, while these ran: ${names}`), verdict: 'dangerous' });
    }
    return turns.filter((turn) => !suspects.includes(turn));
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
    const illness = await this.#current.healthCheck.check();
    if (illness === undefined) return;
    await this.stop();
    this.#unavailable = illness;
  }

  /** Starts another server, or waits for the one that was given to come back. */
  async #recover(illness: string): Promise<void> {
    const ward = this.#current;
    if (ward === undefined) return;
    await this.stop();
    if (ward.server.canRestart) return this.#start();
    const deadline = performance.now() + ward.server.profile.patience;
    while (performance.now() < deadline) {
      const healthCheck = new HealthCheck(ward.server);
      await healthCheck.start();
      if ((await healthCheck.check()) === undefined) {
        this.#current = { server: ward.server, healthCheck };
        return;
      }
      healthCheck.stop();
      await sleep(RESTART_POLL_MS);
    }
    this.#unavailable = `earlier, ${illness}`;
  }
}

function perform({ testCase, settings, extraWait }: ScheduledCase, { server }: ServerUnderTest): Promise<CaseResult> {
  return runCase(testCase, { ...server.profile, settings, patience: server.profile.patience + extraWait });
}
