import type { BenchFault, Figure, MeasureOutcome } from './figures.ts';

/** Plays a scenario of the generator. @returns its result. @throws Error if it fails, or exceeds its deadline. */
type Play = (scenario: string, options: object) => Promise<unknown>;

interface GeneratorProcess {
  readonly faults: readonly BenchFault[];
  play(scenario: string, options: object, deadlineMs: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** The generator is not compiled: the package has its source. */
const MODULE = new URL('../../../bench/generator/start.mjs', import.meta.url);
const PROCESSES = new URL('../../../bench/processes.mjs', import.meta.url);
const DEADLINE_MS = 120_000;

/** Starts a generator process for one measure. It ends with the measure, or with this process. */
export async function withGenerator(measured: (play: Play) => Promise<readonly Figure[]>): Promise<MeasureOutcome> {
  const { Generator } = (await import(MODULE.href)) as { Generator: new () => GeneratorProcess };
  const { endAll } = (await import(PROCESSES.href)) as { endAll: () => void };
  process.once('exit', endAll);
  const generator = new Generator();
  try {
    const figures = await measured((scenario, options) => generator.play(scenario, options, DEADLINE_MS));
    return { figures, faults: generator.faults };
  } finally {
    await generator.stop();
    process.off('exit', endAll);
  }
}
