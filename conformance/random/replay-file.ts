import { flagOf, SETTING_NAMES, type Settings } from '../settings.ts';
import type { ExpectationsName } from './expectations.ts';
import type { Finding } from './random-result.ts';
import { writeReplay } from './replay.ts';

/** The conditions of a replay, besides its steps. */
export interface ReplayConditions {
  /** The configuration of the server. */
  readonly settings: Settings;
  readonly expect: ExpectationsName;
}

/** Where the author of the server starts it. */
const URL_PLACEHOLDER = 'http://localhost:9000';
const FILE_PLACEHOLDER = 'THIS-FILE';
const MAX_LINE_CHARACTERS = 200;

/**
 * The text of `--save-replay`: the violation, the command that repeats it, each step with its explanation, and the frames of the
 * run. All but the steps are comments.
 */
export function formatReplayFile({ message, steps, descriptions, transcript }: Finding, conditions: ReplayConditions): string {
  const frames = transcript.map(({ at, who, how, what }) => `${String(at).padStart(6)} ms  ${who} ${how} ${what}`);
  return [
    ...comments([message, '', 'Repeat it on a server with this configuration:', `  ${commandFor(conditions)}`, '']),
    ...steps.flatMap((step, at) => [...comments([`${at + 1}. ${descriptions[at] ?? ''}`]), writeReplay([step]).slice(1, -1)]),
    ...comments(['', 'The frames and events:', ...frames]),
    '',
  ].join('\n');
}

function commandFor({ settings, expect }: ReplayConditions): string {
  const flags = SETTING_NAMES.flatMap((name) => {
    const value = settings[name];
    const values = value === undefined ? [] : [value].flat();
    return values.map((one) => `${flagOf(name)} ${quoted(String(one))}`);
  });
  const parts = [`--url ${URL_PLACEHOLDER}`, ...flags, `--expect ${expect}`, `--replay ${FILE_PLACEHOLDER}`];
  return `signalbox conform ${parts.join(' ')}`;
}

function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text}'`;
}

function comments(lines: readonly string[]): string[] {
  return lines.map((line) => `# ${printable(line).slice(0, MAX_LINE_CHARACTERS)}`.trimEnd());
}

function printable(line: string): string {
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
