import type { CaseResult } from '../../../conformance/results.ts';

export function describeResult({ id, verdict, why }: CaseResult): string {
  return `${id} is ${verdict}: ${why}`;
}
