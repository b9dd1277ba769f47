import { describe, expect, it } from 'vitest';
import { asCase, formatOutcome, type Outcome } from '../../../../conformance/random/random-report.ts';
import type { Finding } from '../../../../conformance/random/random-result.ts';

const KEPT: Outcome = {
  outcome: 'kept',
  seed: 7,
  runs: 30,
  steps: 612,
  finding: undefined,
  unreachable: undefined,
  took: 1_234.5,
};
const FINDING: Finding = {
  rule: 'M10',
  message: 'M10: line 0 (ann) sends a message to itself, and does not hear it',
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
const BROKEN: Outcome = { ...KEPT, outcome: 'broken', finding: FINDING };
const REPLAY = `--replay '[{"do":"connect","realm":0,"id":"ann","token":"one"},{"do":"wait","ms":5}]'`;

describe('for people', () => {
  it('one line says that all is well', () => {
    expect(formatOutcome(KEPT)).toBe('30 random runs, 612 steps, seed 7: every promise was kept.\n');
    expect(formatOutcome({ ...KEPT, seed: undefined, steps: 1 })).toBe('replay of 1 step: every promise was kept.\n');
  });

  it('steps are numbered, and can be played again', () => {
    expect(formatOutcome(BROKEN).split('\n')).toEqual([
      '30 random runs, 612 steps, seed 7: a broken promise.',
      '',
      '  M10: line 0 (ann) sends a message to itself, and does not hear it',
      '',
      'Steps, made of 20:',
      '   1. ann connects with token one',
      '   2. 5 ms pass',
      '',
      'To play them again:',
      '',
      `  ${REPLAY}`,
      '',
    ]);
  });

  it('what is dangerous, or does not happen again, is told', () => {
    const words = formatOutcome({ ...BROKEN, finding: { ...FINDING, isDangerous: true, isRepeatable: false, stepsBefore: 2 } });
    expect(words).toContain('seed 7: a dangerous broken promise.');
    expect(words).toContain('\nSteps:\n');
    expect(words).toContain('Played once more, the same steps broke no promise: it depends on time or on chance.');
  });

  it('so is a server that is not there', () => {
    expect(formatOutcome({ ...KEPT, outcome: 'unreachable', unreachable: 'refused' })).toBe(
      'The server can not be reached: refused\n',
    );
  });
});

describe('as a case', () => {
  it('every promise was kept', () => {
    expect(asCase(KEPT)).toMatchObject({ id: 'RANDOM.7', verdict: 'ok', severity: 'required', took: 1_235, transcript: [] });
    expect(asCase(KEPT)).not.toHaveProperty('why');
    expect(asCase({ ...KEPT, seed: undefined }).id).toBe('RANDOM.replay');
  });

  it('a broken promise stands under its rule', () => {
    const { rule, verdict, why, transcript } = asCase(BROKEN);
    expect({ rule, verdict, transcript }).toEqual({ rule: 'M10', verdict: 'failed', transcript: FINDING.transcript });
    expect(why).toBe(
      'M10: line 0 (ann) sends a message to itself, and does not hear it. ' +
        `Steps: 1. ann connects with token one; 2. 5 ms pass. To play them again: ${REPLAY}`,
    );
    expect(asCase({ ...BROKEN, finding: { ...FINDING, isDangerous: true } }).verdict).toBe('dangerous');
  });

  it('a server that is not there can not be tested', () => {
    expect(asCase({ ...KEPT, outcome: 'unreachable', unreachable: 'refused' })).toMatchObject({
      verdict: 'not testable',
      why: 'refused',
    });
  });
});
