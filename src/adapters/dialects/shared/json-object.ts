import { isUtf8 } from 'node:buffer';

/** A frame that is a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a frame, binary ones too where they are UTF-8. Never throws. @returns undefined for what is no JSON object. */
export function jsonObjectIn(bytes: Uint8Array, isBinary: boolean): JsonObject | undefined {
  if (isBinary && !isUtf8(bytes)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
