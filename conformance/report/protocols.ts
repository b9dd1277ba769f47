import type { CaseResult } from '../results.ts';

/** One statement for each version of the protocol that the cases ask about: `supports Mercure 1.0 (12 of 12 cases)`. */
export function protocolsOf(results: readonly CaseResult[]): string[] {
  const counts = new Map<string, { ok: number; all: number }>();
  for (const { protocol, verdict } of results) {
    if (protocol === undefined || verdict === 'not testable') continue;
    const count = counts.get(protocol) ?? { ok: 0, all: 0 };
    counts.set(protocol, { ok: count.ok + (verdict === 'ok' ? 1 : 0), all: count.all + 1 });
  }
  return Array.from(counts, ([protocol, { ok, all }]) => `${statement(protocol, ok, all)} (${ok} of ${all} cases)`).sort();
}

function statement(protocol: string, ok: number, all: number): string {
  if (ok === all) return `supports ${protocol}`;
  return ok === 0 ? `does not support ${protocol}` : `supports ${protocol} in part`;
}
