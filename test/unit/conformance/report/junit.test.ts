import { describe, expect, it } from 'vitest';
import { reportInJunit } from '../../../../conformance/report/junit.ts';
import { EACH_VERDICT, HOSTILE_CASE, sampleCase, sampleRun } from './sample-runs.ts';

const linesOf = (...args: Parameters<typeof sampleRun>) => reportInJunit(sampleRun(...args)).split('\n');

describe('the JUnit XML report', () => {
  it('has a suite with counts for each rule family', () => {
    const lines = linesOf([sampleCase('L1.a'), ...EACH_VERDICT]).filter((line) => line.startsWith('<testsuite'));
    expect(lines).toEqual([
      '<testsuites name="a server" tests="6" failures="1" errors="1" skipped="1" time="4.321">',
      '<testsuite name="M Messages" tests="5" failures="1" errors="1" skipped="1" time="0.060" timestamp="2026-01-02T03:04:05.678Z">',
      '<testsuite name="L Liveness and leaving" tests="1" failures="0" errors="0" skipped="0" time="0.012" timestamp="2026-01-02T03:04:05.678Z">',
    ]);
  });

  it('maps each verdict to a JUnit result', () => {
    const xml = reportInJunit(sampleRun(EACH_VERDICT));
    expect(xml).toContain(
      'name="M1.dangerous: the title of M1.dangerous" time="0.012"><error message="what was seen" type="dangerous">',
    );
    expect(xml).toContain(
      'name="M2.failed: the title of M2.failed" time="0.012"><failure message="what was seen" type="hardening">',
    );
    expect(xml).toContain('name="M3.loose: the title of M3.loose" time="0.012"><system-out>loose: what was seen');
    expect(xml).toContain('name="M4.not-testable: the title of M4.not-testable" time="0.012"><skipped message="what was seen"/>');
    expect(xml).toContain('<testcase classname="a server.M5" name="M5.ok: the title of M5.ok" time="0.012"/>');
  });

  it('includes the expectation, the observation, the deviation of peer, and the transcript', () => {
    const [story] =
      linesOf(EACH_VERDICT)
        .join('\n')
        .match(/<failure[^]*<\/failure>/) ?? [];
    expect(story?.split('\n').slice(1)).toEqual([
      'seen: what was seen',
      'peer 1.0.2: does so too',
      '     7 ms  ann heard what was received</failure>',
    ]);
  });

  it('contains only valid XML characters, and escapes markup', () => {
    const xml = reportInJunit(sampleRun([HOSTILE_CASE, { ...HOSTILE_CASE, verdict: 'loose' }], 'a\nb'));
    expect(xml).not.toMatch(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    expect(xml).toContain('name="a&#10;b"');
    expect(xml).toContain('&lt;/script&gt;');
    expect(xml).toContain(']]&gt; \\u0000\\u001b[31m');
    expect(xml).toContain('\\ud83e');
    expect(xml).toContain('🦊');
  });
});
