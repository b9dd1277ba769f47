import { hasHidden, visible, visibleLines } from '../../../domain/visible-text.ts';

/** A line of the log, as parsed JSON. */
type Fields = Readonly<Record<string, unknown>>;

const ESCAPE = '\u001B[';
const RESET = `${ESCAPE}39m`;

/** The codes of the colors of a terminal. */
const COLORS: Readonly<Record<string, number>> = { trace: 90, debug: 34, info: 32, warn: 33, error: 31, fatal: 31 };
const CYAN = 36;

/** Parts of the text, or of no use to a reader at a terminal. */
const OMITTED_FIELDS = new Set(['level', 'time', 'msg', 'event', 'url', 'transport', 'version', 'error']);

/** Whether the standard output shows colors. */
export function hasColors({ stdout, env }: Pick<NodeJS.Process, 'stdout' | 'env'> = process): boolean {
  return stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** One line for a terminal: the local time, the level, the text and its fields. The stack of an error follows in more lines. */
export function prettyLine(log: Fields, isColored: boolean): string {
  const color = (code: number | undefined, text: string): string =>
    isColored && code !== undefined ? `${ESCAPE}${code}m${text}${RESET}` : text;
  const level = String(log['level']);
  return `[${localTime(String(log['time']))}] ${color(COLORS[level], level.toUpperCase())}: ${color(CYAN, sentence(log))}\n`;
}

/** A value as in logfmt: values with blanks, quotes or characters that are not shown, and objects, are JSON. */
export function plainValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value) && !hasHidden(value)) return value;
  return visible(JSON.stringify(value));
}

function sentence(log: Fields): string {
  const words = Object.entries(log).flatMap(([name, value]) =>
    OMITTED_FIELDS.has(name) ? [] : [`${name}=${plainValue(value)}`],
  );
  const { stack, message } = (log['error'] ?? {}) as { stack?: string; message?: string };
  return printable([[String(log['msg']), ...words].join(' '), stack ?? message ?? []].flat().join('\n'));
}

/** Hours to milliseconds. */
function localTime(moment: string): string {
  const date = new Date(moment);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Replaces characters that a terminal would execute. */
function printable(text: string): string {
  return visibleLines(text, (character) => (character === '\t' ? character : '?'));
}
