import { expect, it } from 'vitest';
import { playAgainAfterPause } from '../../../../conformance/random/play-again.ts';
import type { PlayedRun } from '../../../../conformance/random/play.ts';
import { RuleViolation } from '../../../../conformance/random/rule-violation.ts';

interface Times {
  readonly pause?: number;
  readonly answer?: number;
}

function run(rule?: string, { pause = 0, answer = 0 }: Times = {}): PlayedRun {
  const violation = rule === undefined ? undefined : new RuleViolation(rule, rule);
  return { violation, steps: [], descriptions: [], transcript: [], slowestAnswer: answer, longestPause: pause };
}

it.each([
  ['no violation', [run()], undefined, 1],
  ['a violation without a pause', [run('M14', { pause: 250, answer: 250 })], 'M14', 1],
  ['a violation after a pause of this process, which does not occur again', [run('M14', { pause: 251 }), run()], undefined, 2],
  [
    'a violation after a slow answer, which does not occur a third time',
    [run('M14', { answer: 251 }), run('M1'), run()],
    undefined,
    3,
  ],
  ['a violation after a pause, and others in each repeat', [run('M10', { pause: 900 }), run('O3'), run('O3')], 'M10', 3],
])('%s', async (_, runs, rule, count) => {
  let played = 0;
  const result = await playAgainAfterPause(async () => runs[played++] ?? expect.fail('played too often'));
  expect([result.violation?.rule, played]).toEqual([rule, count]);
});
