import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventStream } from '../../../../../src/adapters/admin-listeners/http/event-stream.ts';

class RecordingResponse extends EventEmitter {
  readonly written: string[] = [];
  readonly socket = { setTimeout: (): void => undefined };
  writableLength = 0;
  writeHead(): void {
    return undefined;
  }
  write(text: string): void {
    this.written.push(text);
  }
  end(): void {
    this.emit('close');
  }
}

let response: RecordingResponse;
let closed: number;
let stream: EventStream;
beforeEach(() => {
  vi.useFakeTimers();
  response = new RecordingResponse();
  closed = 0;
  stream = new EventStream(response as never, {}, () => (closed += 1));
  response.written.length = 0;
});
afterEach(() => void vi.useRealTimers());

it('ADM6: drops and counts lines beyond 200 in a second', () => {
  for (let n = 0; n < 205; n++) stream.send('frame', { n });
  expect(response.written).toHaveLength(200);
  vi.advanceTimersByTime(1_000);
  expect(response.written.at(-1)).toBe('event: dropped\ndata: {"lines":5}\n\n');
  stream.send('frame', { n: 1 });
  expect(response.written.at(-1)).toBe('event: frame\ndata: {"n":1}\n\n');
});

it('ADM6: drops lines for a reader that does not read, and tells it later', () => {
  response.writableLength = 300_000;
  stream.send('frame', {});
  vi.advanceTimersByTime(1_000);
  expect(response.written).toEqual([]);
  response.writableLength = 0;
  vi.advanceTimersByTime(1_000);
  expect(response.written).toContain('event: dropped\ndata: {"lines":1}\n\n');
});

it('shows that it is alive, until it ends', () => {
  vi.advanceTimersByTime(1_000);
  expect(response.written).toEqual([':\n\n']);
  stream.end();
  vi.advanceTimersByTime(5_000);
  expect([response.written.length, closed]).toEqual([1, 1]);
});
