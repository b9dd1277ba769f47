import { expect, it } from 'vitest';
import { Progress } from '../../../../conformance/report/progress.ts';
import type { CaseResult } from '../../../../conformance/results.ts';

it('overwrites the line after each case, and clears it at the end', () => {
  const written: string[] = [];
  const progress = new Progress({ write: (text) => written.push(text) }, 3);
  progress.ended({ id: 'M1.a', verdict: 'ok' } as CaseResult);
  progress.ended({ id: 'M2.b', verdict: 'failed' } as CaseResult);
  progress.clear();
  expect(written.map((text) => text.replace('\r\u001b[2K', '<'))).toEqual([
    '<1/3  1 ok  M1.a',
    '<2/3  1 ok, 1 failed  M2.b',
    '<',
  ]);
});

it('writes nothing without a terminal', () => {
  const progress = new Progress(undefined, 3);
  expect(() => progress.clear()).not.toThrow();
});
