/** A received frame, parsed as JSON. */
export type Frame = Readonly<Record<string, unknown>>;

/** @returns undefined if the text is not a JSON object. */
export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
