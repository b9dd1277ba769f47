import { expect, it } from 'vitest';
import { RUN_ORDER, runSteps } from '../../../doctor/run.ts';
import { STEPS } from '../../../doctor/verdicts/verdict.ts';

it('runs every step that needs one machine only; D1 comes first, and D8 in the background', () => {
  const run = RUN_ORDER.map(([step]) => step);
  expect(Object.keys(STEPS).filter((step) => !run.includes(step as keyof typeof STEPS))).toEqual(['D1', 'D8', 'D14']);
});

it('reports every step in order if nothing answers', async () => {
  const target = { url: new URL('http://127.0.0.1:1/'), key: 'peerjs', id: undefined, token: undefined, origin: undefined };
  const findings = await runSteps({ ...target, idle: 0, timeout: 1_000 });
  expect(findings.map(({ step }) => step)).toEqual(Object.keys(STEPS).filter((step) => step !== 'D14'));
});
