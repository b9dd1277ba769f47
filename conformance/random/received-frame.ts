/** What the model writes into a payload. */
export interface ModelPayload {
  /** The message's number. */
  readonly n?: number;
  /** The number of a message to oneself, by which it shows that the server has read what was sent before. */
  readonly echo?: number;
  /** Whose numbers these are, where others number their messages too. */
  readonly of?: string;
}

/** A frame that a line heard, as far as the model looks at it. */
export interface ReceivedFrame {
  readonly type: string;
  readonly src: string | undefined;
  readonly dst: string | undefined;
  /** What the model had written into it; undefined where there was no payload at all. */
  readonly payload: ModelPayload | undefined;
  /** Whether it has the members that belong to its type, and no other. */
  readonly isExact: boolean;
}

/** What a frame says; undefined where it is no JSON object with a type. */
export function readFrame(text: string): ReceivedFrame | undefined {
  const frame = parseObject(text);
  const type = frame?.['type'];
  if (frame === undefined || typeof type !== 'string') return undefined;
  const { src, dst, payload } = frame;
  const members = Object.keys(frame).sort().join(' ');
  return {
    type,
    src: textOf(src),
    dst: textOf(dst),
    payload: payload === undefined ? undefined : payloadOf(payload),
    isExact: members === (payload === undefined ? 'dst src type' : 'dst payload src type'),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** An id that is no text is nobody's, but can be told in a complaint. */
function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function payloadOf(payload: unknown): ModelPayload {
  if (typeof payload !== 'object' || payload === null) return {};
  const { n, echo, of } = payload as Readonly<Record<string, unknown>>;
  return {
    ...(typeof n === 'number' ? { n } : {}),
    ...(typeof echo === 'number' ? { echo } : {}),
    ...(typeof of === 'string' ? { of } : {}),
  };
}
