import { isHealthProblem } from '../health-check.ts';
import type { CaseResult, Verdict } from '../results.ts';
import { MOST_SEVERE_FIRST, WORST_FIRST } from './verdicts.ts';

/** The cases of one run that are wrong for the same reason. */
export interface Cause {
  /** A phrase without a subject: `sends no pong`. */
  readonly cause: string;
  /** The worst verdict of its cases. */
  readonly verdict: Verdict;
  /** The worst case first. */
  readonly cases: readonly CaseResult[];
}

type Known = readonly [cause: string, matches: (one: CaseResult) => boolean];

/** Cases about messages or bytes beyond a limit. */
const LIMIT_CASE = /^(M13\.(too-many|counts|realm)|M16\.reads|M18\.|M19\.)/;
/** Rules whose cases wait for EXPIRE. */
const EXPIRE_RULE = /^M(6|11|12|14|15)$/;

/** Causes that show themselves in several rules, or in other words in each case. The first match applies. */
const KNOWN_CAUSES: readonly Known[] = [
  ['crashes or stops serving other peers', ({ why }) => isHealthProblem(why)],
  ['sends binary frames instead of text', seen(/is a binary frame|whether it is binary/)],
  ['sends no pong', seen(/waiting for a pong|the data of the pong/)],
  ['ignores every later frame of a socket after one that is not JSON', seen(/later frames are ignored/)],
  ['accepts handshakes of origins that are not listed', named(/^O10\.refuses-/)],
  ['allows origins that are not listed', named(/^(H6\.not-listed|H5\.listed)/)],
  ['sends no CORS headers that a page needs', seen(/access-control-allow-origin|^vary:/)],
  ['closes without a status code', seen(/expected \d{4}, got 1005$/)],
  ['refuses a path with another status than 404', seen(/expected 404, got \d+/)],
  ['accepts ids that no peer should have', (one) => one.rule === 'O7' && one.why === 'accepts it'],
  ['takes similar ids for the same', named(/^O7\.distinct-/)],
  ['relays frames that are not JSON', named(/^M10\.lenient-/)],
  ['changes the bytes of payloads', named(/^M2\.same-bytes-/)],
  ['has no limit of messages or bytes', (one) => LIMIT_CASE.test(one.id) && /^timed out|relays the message/.test(one.why ?? '')],
  ['leaves refused sockets open', seen(/waiting for the server to close the socket of (unknown-key|over-limit|intruder|socket)/)],
  ['never closes silent peers', (one) => one.rule === 'L1' && /waiting for the server to close the socket/.test(one.why ?? '')],
  ['sends no EXPIRE', (one) => EXPIRE_RULE.test(one.rule) && /waiting for (a frame|EXPIRE)/.test(one.why ?? '')],
  ['does not answer handshakes at other paths', (one) => one.rule === 'O9' && /waiting for a handshake/.test(one.why ?? '')],
  ['has no rate limit for HTTP', seen(/no request was refused/)],
  ['treats a dst that is not a string as an id', (one) => one.rule === 'M11'],
  ['counts only HEARTBEAT as a sign of life', (one) => one.rule === 'M8' && /was closed after/.test(one.why ?? '')],
];

/** Ids, numbers, and names of peers of the suite: they differ between two cases with the same cause. */
const INCIDENTALS =
  /\b(ann|bob|cem|eve|mallory|partner|heir|intruder|new-owner|new owner)(-again)?(-[0-9a-f]{8}-[0-9a-f]{4})?\b|\d+/gi;

/** The wrong cases of a run by cause: the worst verdict first, then the most severe case, then the most cases. */
export function causesOf(results: readonly CaseResult[]): readonly Cause[] {
  const byCause = new Map<string, CaseResult[]>();
  for (const one of results) {
    if (one.verdict === 'ok' || one.verdict === 'not testable') continue;
    const key =
      KNOWN_CAUSES.find(([, matches]) => matches(one))?.[0] ?? `${one.rule} ${(one.why ?? '').replaceAll(INCIDENTALS, '…')}`;
    byCause.set(key, [...(byCause.get(key) ?? []), one]);
  }
  const known = new Set(KNOWN_CAUSES.map(([cause]) => cause));
  return Array.from(byCause, ([key, members]): Cause => {
    const cases = members.sort(byGravity);
    const [worst] = cases;
    const cause = known.has(key) ? key : (worst?.why ?? key);
    return { cause, verdict: worst?.verdict ?? 'loose', cases };
  }).sort((one, other) => byGravity(one.cases[0], other.cases[0]) || other.cases.length - one.cases.length);
}

function byGravity(one: CaseResult | undefined, other: CaseResult | undefined): number {
  if (one === undefined || other === undefined) return 0;
  return (
    WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict) ||
    MOST_SEVERE_FIRST.indexOf(one.severity) - MOST_SEVERE_FIRST.indexOf(other.severity)
  );
}

function seen(pattern: RegExp): (one: CaseResult) => boolean {
  return ({ why = '' }) => pattern.test(why);
}

function named(pattern: RegExp): (one: CaseResult) => boolean {
  return ({ id }) => pattern.test(id);
}
