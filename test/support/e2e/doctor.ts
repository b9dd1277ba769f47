import { Child } from './child.ts';
import { SIGNALBOX_CLI } from './server-kinds.ts';

/** One finding of `signalbox doctor --json`. */
interface Finding {
  readonly step: string;
  readonly state: string;
  readonly verdict: string;
  readonly is: string;
  readonly remedy: string;
}

/** The result of one run. */
export interface DoctorRun {
  readonly code: number | null;
  /** `D4 bad cors-doubled`: every finding that is neither good nor skipped, nor about the speed. */
  readonly faults: readonly string[];
  readonly findings: readonly Finding[];
}

/** Verdicts about the speed of the machine, which other tests share. */
const SLOW: ReadonlySet<string> = new Set(['open-slow', 'messages-slow']);

/** Whether a finding is good, apart from the speed of the machine. */
export function isGood({ state, verdict }: Finding): boolean {
  return state === 'good' || SLOW.has(verdict);
}

/** Runs `signalbox doctor` as a process. By default it tests no idle socket. */
export async function runDoctor(
  url: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<DoctorRun> {
  const command = [process.execPath, SIGNALBOX_CLI, 'doctor', url, '--idle', '0', '--json', ...flags];
  const child = new Child(command, environment);
  const { code } = await child.exited;
  if (child.stdout === '') throw new Error(`signalbox doctor ends with ${code}: ${child.stderr}`);
  const { findings } = JSON.parse(child.stdout) as { findings: Finding[] };
  const faults = findings
    .filter(({ state, verdict }) => (state === 'bad' || state === 'doubtful') && !SLOW.has(verdict))
    .map(({ step, state, verdict }) => `${step} ${state} ${verdict}`);
  return { code, faults, findings };
}
