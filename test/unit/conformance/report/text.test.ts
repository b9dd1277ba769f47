import { describe, expect, it } from 'vitest';
import { reportInText } from '../../../../conformance/report/text.ts';
import type { CaseResult, RunResult, Verdict } from '../../../../conformance/results.ts';

const RUN = { suite: 'signalbox conform', format: 1, version: '1', server: 'here', startedAt: '', took: 1234 } as const;

function report(...cases: CaseResult[]): string {
  return reportInText({ ...RUN, cases } satisfies RunResult);
}

function result(verdict: Verdict, more: Partial<CaseResult> = {}): CaseResult {
  const named = {
    id: 'M1.a',
    rule: 'M1',
    title: 'Ann sends an OFFER',
    severity: 'required',
    expected: 'Bob receives the OFFER',
  } as const;
  return { ...named, verdict, took: 1, transcript: [], ...more };
}

describe('the text report', () => {
  it('is one line if all cases are ok', () => {
    expect(report(result('ok'))).toBe('here: 1 ok, 0 loose, 0 failed, 0 dangerous, 0 not testable, in 1.2 s\n');
  });

  it('includes the expectation, the observation, the deviation of peer, and the end of the transcript', () => {
    const transcript = Array.from({ length: 20 }, (_, at) => ({
      at,
      who: 'ann',
      how: 'sent' as const,
      what: `frame\n${at}\u001b`,
    }));
    const text = report(result('failed', { why: 'silence', reference: 'waits', transcript }));
    expect(text).toContain(
      'FAILED M1.a: Ann sends an OFFER\n  expected: Bob receives the OFFER\n  seen: silence\n  peer 1.0.2: waits\n    8 earlier lines\n',
    );
    expect(text).toContain('        19 ms  ann sent frame | 19\ufffd\n');
    expect(text).not.toContain('\u001b');
  });

  it('groups cases by cause, the worst first', () => {
    const pong = (id: string) => result('failed', { id, why: 'timed out after 5000 ms waiting for a pong for ann' });
    const text = report(
      result('loose', { id: 'H1.b', why: 'odd' }),
      pong('L3.a'),
      pong('O5.c'),
      result('dangerous', { id: 'M7.d', why: 'leak' }),
    );
    expect(text.match(/^[A-Z]+.*$/gm)).toEqual([
      'DANGEROUS M7.d: Ann sends an OFFER',
      'FAILED, 2 cases: sends no pong',
      'FAILED L3.a: Ann sends an OFFER',
      'LOOSE H1.b: Ann sends an OFFER',
    ]);
    expect(text).toContain('\n  L3.a, O5.c\n');
  });

  it('has no transcript for a loose case', () => {
    const transcript = [{ at: 1, who: 'ann', how: 'sent' as const, what: 'frame' }];
    expect(report(result('loose', { why: '400', transcript }))).not.toContain('frame');
  });

  it('states which versions of the protocol the server supports', () => {
    expect(report(result('ok', { protocol: 'Mercure 1.0' }))).toMatch(
      /^here: supports Mercure 1\.0 \(1 of 1 cases\)\nhere: 1 ok, /,
    );
  });

  it('groups untestable cases by reason', () => {
    const text = report(result('not testable', { why: 'no key' }), result('not testable', { id: 'M2.b', why: 'no key' }));
    expect(text).toContain('NOT TESTABLE, no key\n  M1.a, M2.b\n');
    const many = Array.from({ length: 12 }, (_, n) => result('not testable', { id: `M${n}`, why: 'no key' }));
    expect(report(...many)).toContain('\n  M0, M1, M2, M3, M4, M5, M6, M7 and 4 more\n');
  });
});
