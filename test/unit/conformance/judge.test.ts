import { describe, expect, it } from 'vitest';
import { judgeError, judgeReturn } from '../../../conformance/judge.ts';
import { Dangerous, Failed, loose, NotTestable } from '../../../conformance/outcomes.ts';

describe('a case that returns', () => {
  it('is ok, or loose with a reason', () => {
    expect(judgeReturn(undefined)).toEqual({ verdict: 'ok' });
    expect(judgeReturn(loose('answers 400'))).toEqual({ verdict: 'loose', why: 'answers 400' });
  });
});

describe('a case that throws', () => {
  it.each([
    [new Failed('so'), 'required', 'failed'],
    [new Failed('so'), 'hardening', 'failed'],
    [new Failed('so'), 'recommended', 'loose'],
    [new Error('so'), 'required', 'failed'],
    [new Dangerous('so'), 'recommended', 'dangerous'],
    [new NotTestable('so'), 'required', 'not testable'],
  ] as const)('%s, %s: %s', (error, severity, verdict) => {
    expect(judgeError(error, severity)).toEqual({ verdict, why: 'so' });
  });
});
