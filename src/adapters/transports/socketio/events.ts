/** What a Socket.IO event asks for, as a line for the dialect. */
export interface EventLine {
  readonly line: string;
  /** What the library's events of this peer begin with. */
  readonly prefix: string;
}

/** SIO3: older peers say `dispatch`. */
const VERBS: Readonly<Record<string, string>> = {
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  publish: 'publish',
  dispatch: 'publish',
};

const UNKNOWN = JSON.stringify(['unknown']);
const UNREADABLE = 'null';

/**
 * SIO1 to SIO4: reads an event. Never throws, whatever its name and its arguments are.
 * @param event the library lets numbers through, too.
 * @param prefixes the longest first.
 */
export function lineOf(
  event: unknown,
  given: readonly unknown[],
  prefixes: readonly string[],
  receipt: number | undefined,
): EventLine {
  if (typeof event !== 'string') return { line: UNKNOWN, prefix: '' };
  for (const prefix of prefixes) {
    const verb = event.startsWith(prefix) ? event.slice(prefix.length) : '';
    if (Object.hasOwn(VERBS, verb)) return { line: asked(VERBS[verb] as string, given, receipt), prefix };
  }
  return { line: UNKNOWN, prefix: '' };
}

function asked(verb: string, [namespace, data]: readonly unknown[], receipt: number | undefined): string {
  if (typeof namespace !== 'string') return UNREADABLE;
  if (verb !== 'publish') return JSON.stringify([verb, namespace, receipt]);
  const bytes = bytesOf(data);
  return bytes === undefined ? UNREADABLE : JSON.stringify([verb, namespace, bytes.toString('base64'), receipt]);
}

/** SIO3: an array of byte numbers, or bytes as they are. */
function bytesOf(data: unknown): Buffer | undefined {
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.length);
  if (!Array.isArray(data) || !data.every(isByte)) return undefined;
  return Buffer.from(data as number[]);
}

function isByte(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
