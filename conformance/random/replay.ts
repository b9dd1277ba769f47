import { readFileSync } from 'node:fs';
import { UsageError } from '../arguments.ts';
import { errorMessage } from '../waiting.ts';
import { KINDS } from './message-kinds.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from './odd-frames.ts';
import type { Step } from './steps.ts';

/** Formats steps as one line for `--replay`. The text contains no single quote, so a shell accepts it in single quotes. */
export function writeReplay(steps: readonly Step[]): string {
  return JSON.stringify(steps).replaceAll("'", '\\u0027');
}

/**
 * Parses the output of `writeReplay`, one step per line with comments (#), or a file with either.
 * @param given JSON if the first character is a bracket or a brace, otherwise a file path.
 * @throws UsageError
 */
export function readReplay(given: string): readonly Step[] {
  const text = (/^\s*[[{]/.test(given) ? given : contentOf(given)).trim();
  const values = text.startsWith('[') ? listIn(text) : linesOf(text).map((line) => json(line));
  if (values.length === 0) throw new UsageError('--replay contains no steps');
  return values.map(stepIn);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--replay must be steps in JSON or a file with steps, not '${path}': ${errorMessage(error)}`);
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !isComment(line));
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

function listIn(text: string): unknown[] {
  const value = json(text);
  return Array.isArray(value) ? value : [value];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--replay must be a JSON list of steps or one JSON object per line, not '${text.slice(0, 60)}'`);
  }
}

type Check = (value: unknown) => boolean;

const TEXT: Check = (value) => typeof value === 'string' && value !== '';
const COUNT: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST;
const ONE_OF =
  (allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);

/** An upper limit for numbers from a file. */
const MOST = 1_000_000;
const ACTOR = { realm: COUNT, who: TEXT };

/** The members of each step. */
const MEMBERS: Readonly<Record<Step['do'], Readonly<Record<string, Check>>>> = {
  connect: { realm: COUNT, id: TEXT, token: TEXT },
  reconnect: ACTOR,
  takeover: ACTOR,
  relay: { ...ACTOR, kind: ONE_OF(KINDS), to: TEXT },
  flood: { ...ACTOR, to: TEXT, count: COUNT },
  'from-all': { realm: COUNT, to: TEXT },
  heartbeat: ACTOR,
  malformed: { ...ACTOR, frame: ONE_OF(Object.keys(MALFORMED_FRAMES)), times: COUNT },
  ignored: { ...ACTOR, frame: ONE_OF(Object.keys(IGNORED_FRAMES)) },
  leave: ACTOR,
  close: ACTOR,
  cut: ACTOR,
  wait: { ms: COUNT },
};

function stepIn(value: unknown, at: number): Step {
  const step = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const what = String(step['do']);
  const place = `step ${at + 1} of --replay`;
  if (!Object.hasOwn(MEMBERS, what)) {
    throw new UsageError(`${place}: unknown action '${what}'; use one of ${Object.keys(MEMBERS).join(', ')}`);
  }
  for (const [name, isRight] of Object.entries(MEMBERS[what as Step['do']])) {
    if (!isRight(step[name])) throw new UsageError(`${place} (${what}): invalid ${name} ${JSON.stringify(step[name])}`);
  }
  return step as unknown as Step;
}
