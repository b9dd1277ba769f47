import type { Case } from './case.ts';
import { inPool } from './pool.ts';
import { Pulse } from './pulse.ts';
import type { CaseResult } from './results.ts';
import { runCase, untested } from './run-case.ts';
import { StartFailed, type RunningServer, type Servers } from './server/servers.ts';
import type { Settings } from './settings.ts';
import { elapsed } from './waiting.ts';

/** A case, and what is known of the server that it is run against. */
export interface Turn {
  readonly one: Case;
  readonly settings: Settings;
  /** Beyond the usual patience, in milliseconds. */
  readonly waits: number;
}

/** The cases that share a server process. */
export interface Errand {
  /** How the server is started. */
  readonly settings: Settings;
  readonly turns: readonly Turn[];
}

export interface RoundOptions extends Errand {
  readonly servers: Servers;
  readonly atOnce: number;
  readonly report: (result: CaseResult) => void;
}

/** A server under test, and the witnesses that watch it. */
interface Ward {
  readonly server: RunningServer;
  readonly pulse: Pulse;
}

const COMEBACK_POLL_MS = 250;

/**
 * Runs the cases of one errand: those that may at the same time, then those that may later, then each of the rest by
 * itself. Where the server falls ill meanwhile, what ran then is run again by itself, so that the right one is blamed.
 */
export async function runRound(options: RoundOptions): Promise<void> {
  const round = new Round(options);
  try {
    await round.run();
  } finally {
    await round.stop();
  }
}

class Round {
  readonly #options: RoundOptions;
  #ward: Ward | undefined;
  /** Why there is no server any more. */
  #end = '';

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { turns } = this.#options;
    await this.#start();
    const again = await this.#together(turns.filter(({ one }) => one.pace === undefined));
    again.push(...(await this.#together(turns.filter(({ one }) => one.pace === 'later'))));
    for (const turn of [...again, ...turns.filter(({ one }) => one.pace === 'alone')]) await this.#alone(turn);
  }

  async stop(): Promise<void> {
    this.#ward?.pulse.stop();
    await this.#ward?.server.stop();
    this.#ward = undefined;
  }

  /** @returns what must be run again, because the server fell ill. */
  async #together(turns: readonly Turn[]): Promise<Turn[]> {
    const again: Turn[] = [];
    const running = new Set<Turn>();
    let suspects: Turn[] = [];
    let illness: string | undefined;
    await inPool(this.#options.atOnce, turns, async (turn) => {
      const ward = this.#ward;
      if (illness !== undefined || ward === undefined) return void again.push(turn);
      running.add(turn);
      const result = await perform(turn, ward);
      if (result.verdict !== 'ok' && illness === undefined) {
        illness = await ward.pulse.check();
        if (illness !== undefined) suspects = [...running];
      }
      running.delete(turn);
      if (illness === undefined) return this.#options.report(result);
      again.push(turn);
    });
    if (illness === undefined) return again;
    await this.#recover(illness);
    return this.#ward === undefined ? this.#blameAll(suspects, illness, again) : again;
  }

  async #alone(turn: Turn): Promise<void> {
    const { report } = this.#options;
    if (this.#ward === undefined) return report(untested(turn.one, this.#end));
    const result = await perform(turn, this.#ward);
    const illness = await this.#ward.pulse.check();
    if (illness === undefined) return report(result);
    report({ ...result, verdict: 'dangerous', why: result.why === undefined ? illness : `${illness} (${result.why})` });
    await this.#recover(`${illness}, after ${turn.one.id}`);
  }

  /** The server is gone for good, so nobody can tell which of them it was. @returns the others. */
  #blameAll(suspects: readonly Turn[], illness: string, turns: readonly Turn[]): Turn[] {
    const names = suspects.map(({ one }) => one.id).join(', ');
    for (const { one } of suspects) {
      this.#options.report({ ...untested(one, `${illness}, while these ran: ${names}`), verdict: 'dangerous' });
    }
    return turns.filter((turn) => !suspects.includes(turn));
  }

  async #start(): Promise<void> {
    try {
      const server = await this.#options.servers.start(this.#options.settings);
      this.#ward = { server, pulse: new Pulse(server) };
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      this.#end = error.message;
      return;
    }
    await this.#ward.pulse.start();
    const illness = await this.#ward.pulse.check();
    if (illness === undefined) return;
    await this.stop();
    this.#end = illness;
  }

  /** Starts another server, or waits for the one that was given to come back. */
  async #recover(illness: string): Promise<void> {
    const ward = this.#ward;
    if (ward === undefined) return;
    await this.stop();
    if (ward.server.canStartAgain) return this.#start();
    const deadline = performance.now() + ward.server.profile.patience;
    while (performance.now() < deadline) {
      const pulse = new Pulse(ward.server);
      await pulse.start();
      if ((await pulse.check()) === undefined) {
        this.#ward = { server: ward.server, pulse };
        return;
      }
      pulse.stop();
      await elapsed(COMEBACK_POLL_MS);
    }
    this.#end = `earlier, ${illness}`;
  }
}

function perform({ one, settings, waits }: Turn, { server }: Ward): Promise<CaseResult> {
  return runCase(one, { ...server.profile, settings, patience: server.profile.patience + waits });
}
