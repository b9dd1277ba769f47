/** The payload of a message of the model. */
export interface ModelPayload {
  /** The number of the message. */
  readonly n?: number;
  /** The number of a message to the sender itself, which shows that the server has read all earlier frames. */
  readonly echo?: number;
  /** The run that the numbers belong to, because runs are parallel. */
  readonly of?: string;
}

/** The parts of a received frame that the model verifies. */
export interface ReceivedFrame {
  readonly type: string;
  readonly src: string | undefined;
  readonly dst: string | undefined;
  /** The model's part of the payload; undefined if the frame has no payload. */
  readonly payload: ModelPayload | undefined;
  /** True if the frame has exactly the members of its type. */
  readonly isExact: boolean;
}

/** Parses a frame. @returns undefined if the text is not a JSON object with a type */
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

/** An id that is not a string is invalid, but is shown in messages. */
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
