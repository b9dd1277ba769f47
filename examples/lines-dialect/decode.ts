import type { FrameRequest } from '../../src/application/ports/requests.ts';

const SPACE = 0x20;

/** `+topic` subscribes, `-topic` unsubscribes, `topic text` publishes; an empty line only keeps the connection alive. */
export function readLine(bytes: Uint8Array): FrameRequest {
  if (bytes.length === 0) return { action: 'heartbeat' };
  const end = bytes.indexOf(SPACE);
  if (end >= 0) {
    // The text is a view of the frame; no copy is made before it is sent.
    return {
      action: 'publish',
      draft: { topics: [textOf(bytes.subarray(0, end))], payload: bytes.subarray(end + 1) },
      echo: false,
    };
  }
  const line = textOf(bytes);
  const selectors = [{ topic: line.slice(1) }];
  if (line.startsWith('+')) return { action: 'join-topics', selectors };
  if (line.startsWith('-')) return { action: 'leave-topics', selectors };
  return { action: 'malformed' };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
