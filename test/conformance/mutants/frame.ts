/** A received frame; its members may have any type. */
export interface Frame {
  readonly type: unknown;
  readonly src: unknown;
  readonly dst: unknown;
  /** The payload as JSON text; undefined without a payload. */
  readonly payload: string | undefined;
  /** The parsed frame. */
  readonly whole: Readonly<Record<string, unknown>>;
}

/** A frame sent by the server. */
export interface OutgoingFrame {
  readonly type: string;
  readonly src: string;
  readonly dst: string;
  readonly payload?: string | undefined;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns undefined if the bytes are not a JSON object. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  try {
    const text = UTF_8.decode(bytes);
    const whole: unknown = JSON.parse(text);
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return undefined;
    const { type, src, dst } = whole as Record<string, unknown>;
    return { type, src, dst, payload: textOfMember(text, 'payload'), whole: whole as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

export function writeFrame({ type, src, dst, payload }: OutgoingFrame): string {
  const head = `{"type":${JSON.stringify(type)},"src":${JSON.stringify(src)},"dst":${JSON.stringify(dst)}`;
  return payload === undefined ? `${head}}` : `${head},"payload":${payload}}`;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const BETWEEN = /[\s,:]*/y;
const SCALAR = /[^\s,\]}]+/y;

/** The text of the last member with that name. The input must be valid JSON. */
function textOfMember(json: string, wanted: string): string | undefined {
  let found: string | undefined;
  let at = json.indexOf('{') + 1;
  for (;;) {
    at = endOf(BETWEEN, json, at);
    if (json[at] !== '"') return found;
    const name = json.slice(at, (at = endOf(STRING, json, at)));
    at = endOf(BETWEEN, json, at);
    const value = json.slice(at, (at = endOfValue(json, at)));
    if (JSON.parse(name) === wanted) found = value;
  }
}

function endOfValue(json: string, from: number): number {
  let depth = 0;
  for (let at = from; ; at = endOf(BETWEEN, json, at)) {
    const first = json[at];
    if (first === '{' || first === '[') depth++;
    if (first === '}' || first === ']') depth--;
    at = first === '"' ? endOf(STRING, json, at) : '{[}]'.includes(first ?? '') ? at + 1 : endOf(SCALAR, json, at);
    if (depth === 0) return at;
  }
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}
