import { randomUUID } from 'node:crypto';
import type { Context, Step } from './context.ts';
import { skipped, type Finding } from './findings.ts';
import { iceList, media, stun, turn } from './steps/ice.ts';
import { closeAll, identity, idle, open, sizes, stream } from './steps/peer.ts';
import { cors, hello, reach, view } from './steps/way.ts';
import type { Target } from './target.ts';
import { STEPS, type StepId } from './verdicts/verdict.ts';

/** The steps in the order in which they run. */
export const RUN_ORDER: readonly (readonly [StepId, Step])[] = [
  ['D2', hello],
  ['D3', view],
  ['D4', cors],
  ['D5', open],
  ['D6', identity],
  ['D7', sizes],
  ['D9', stream],
  ['D10', iceList],
  ['D11', stun],
  ['D12', turn],
  ['D13', media],
];

/** The step that needs two browsers. */
const PAGE_STEP: StepId = 'D14';

/** Faults of D1 after which no connection is possible. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  ...['name-unknown', 'connection-refused', 'connection-timeout', 'connection-failed', 'http-on-tls-port'],
]);

/** Runs all steps. A certificate fault does not stop them: users meet it first, but operators want to know the rest, too. */
export async function runSteps(target: Target): Promise<readonly Finding[]> {
  const peer = { id: target.id ?? `doctor-${randomUUID()}`, token: target.token ?? randomUUID() };
  const context: Context = { target, peer, hasBroker: false };
  const findings: Finding[] = [...(await reach(context))];
  if (findings.some(({ verdict }) => UNREACHABLE.has(verdict))) return [...findings, ...restSkipped()];
  let idleFindings: Promise<readonly Finding[]> | undefined;
  for (const [id, step] of RUN_ORDER) {
    findings.push(...(await step(context)));
    // D8 waits in the background.
    if (id === 'D7') idleFindings = idle(context);
  }
  findings.push(...((await idleFindings) ?? []));
  closeAll(context);
  return sorted(findings);
}

function restSkipped(): Finding[] {
  const rest = (Object.keys(STEPS) as StepId[]).filter((step) => step !== 'D1' && step !== PAGE_STEP);
  return rest.map((step) => skipped(step, 'The server was not reached.'));
}

function sorted(findings: readonly Finding[]): Finding[] {
  const place = (step: StepId): number => Number(step.slice(1));
  return [...findings].sort((one, other) => place(one.step) - place(other.step));
}
