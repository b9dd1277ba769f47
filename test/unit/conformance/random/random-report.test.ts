import { describe, expect, it } from 'vitest';
import { asCase, formatOutcome, type Outcome } from '../../../../conformance/random/random-report.ts';
import type { Finding } from '../../../../conformance/random/random-result.ts';

const KEPT: Outcome = {
  outcome: 'passed',
  seed: 7,
  runs: 30,
  steps: 612,
  finding: undefined,
  unreachable: undefined,
  took: 1_234.5,
};
const FINDING: Finding = {
  rule: 'M10',
  message: 'M10: connection 0 (ann) sent a message to itself, but did not receive it',
  isDangerous: false,
  isRepeatable: true,
  steps: [
    { do: 'connect', realm: 0, id: 'ann', token: 'one' },
    { do: 'wait', ms: 5 },
  ],
  descriptions: ['ann connects with token one', '5 ms pass'],
  stepsBefore: 20,
  transcript: [{ at: 0, who: 'ann', how: 'noted', what: 'opens' }],
};
const BROKEN: Outcome = { ...KEPT, outcome: 'violated', finding: FINDING };
const REPLAY = `--replay '[{"do":"connect","realm":0,"id":"ann","token":"one"},{"do":"wait","ms":5}]'`;

describe('the text report', () => {
  it('is one line without a violation', () => {
    expect(formatOutcome(KEPT)).toBe('30 random runs, 612 steps, seed 7: no rule was violated.\n');
    expect(formatOutcome({ ...KEPT, seed: undefined, steps: 1 })).toBe('replay of 1 step: no rule was violated.\n');
  });

  it('lists the steps and a replay command', () => {
    expect(formatOutcome(BROKEN).split('\n')).toEqual([
      '30 random runs, 612 steps, seed 7: rule violation.',
      '',
      '  M10: connection 0 (ann) sent a message to itself, but did not receive it',
      '',
      'Steps, reduced from 20:',
      '   1. ann connects with token one',
      '   2. 5 ms pass',
      '',
      'Replay:',
      '',
      `  ${REPLAY}`,
      '',
    ]);
  });

  it('marks a violation as dangerous or not repeatable', () => {
    const text = formatOutcome({ ...BROKEN, finding: { ...FINDING, isDangerous: true, isRepeatable: false, stepsBefore: 2 } });
    expect(text).toContain('seed 7: dangerous rule violation.');
    expect(text).toContain('\nSteps:\n');
    expect(text).toContain('A replay of the same steps violated no rule: the violation depends on timing or chance.');
  });

  it('reports an unreachable server', () => {
    expect(formatOutcome({ ...KEPT, outcome: 'unreachable', unreachable: 'refused' })).toBe(
      'The server is unreachable: refused\n',
    );
  });
});

describe('the case result', () => {
  it('is ok without a violation', () => {
    expect(asCase(KEPT)).toMatchObject({ id: 'RANDOM.7', verdict: 'ok', severity: 'required', took: 1_235, transcript: [] });
    expect(asCase(KEPT)).not.toHaveProperty('why');
    expect(asCase({ ...KEPT, seed: undefined }).id).toBe('RANDOM.replay');
  });

  it('has the rule of the violation', () => {
    const { rule, verdict, why, transcript } = asCase(BROKEN);
    expect({ rule, verdict, transcript }).toEqual({ rule: 'M10', verdict: 'failed', transcript: FINDING.transcript });
    expect(why).toBe(
      'M10: connection 0 (ann) sent a message to itself, but did not receive it. ' +
        `Steps: 1. ann connects with token one; 2. 5 ms pass. Replay: ${REPLAY}`,
    );
    expect(asCase({ ...BROKEN, finding: { ...FINDING, isDangerous: true } }).verdict).toBe('dangerous');
  });

  it('is not testable for an unreachable server', () => {
    expect(asCase({ ...KEPT, outcome: 'unreachable', unreachable: 'refused' })).toMatchObject({
      verdict: 'not testable',
      why: 'refused',
    });
  });
});
