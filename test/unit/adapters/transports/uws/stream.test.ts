import type { HttpResponse } from 'uWebSockets.js';
import { describe, expect, it } from 'vitest';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import { TurnEnd } from '../../../../../src/adapters/transports/shared/turn-end.ts';
import { UwsStream } from '../../../../../src/adapters/transports/uws/stream.ts';
import { TlsReading } from '../../../../../src/adapters/transports/uws/tls-reading.ts';
import { ADMISSION, RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';

const LIMITS = { maxFrameBytes: 1_000, sendBufferBytes: 100 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A stream over a response that records what is written. */
function started() {
  const calls: string[] = [];
  const response = {
    cork: (write: () => void) => write(),
    writeStatus: () => response,
    writeHeader: () => response,
    write: (text: Uint8Array) => calls.push(Buffer.from(text).toString()) > 0,
    end: () => calls.push('end'),
  };
  const gateway = new RecordingGateway();
  const reading = new TlsReading();
  const reporter = new ConnectionReporter(
    { gateway, defer: queueMicrotask, maxBacklogBytes: 1_000 },
    { ...ADMISSION, carrier: 'stream' },
  );
  const context = { turnEnd: new TurnEnd(), reading, limits: LIMITS };
  const stream = new UwsStream(response as unknown as HttpResponse, { reporter, context });
  stream.start({ status: 200, headers: [] });
  return { stream, reading, gateway, calls };
}

describe('a stream of uWebSockets.js', () => {
  it('M17: sends texts early before they fill half of its buffer', () => {
    const { stream, calls } = started();
    for (const text of ['a', 'b', 'c']) stream.write(bytes(text.repeat(30)));
    expect(calls).toEqual(['a'.repeat(30), 'b'.repeat(30)]);
  });

  it('M17: sends its texts and its end after the library has read over TLS', async () => {
    const { stream, reading, gateway, calls } = started();
    reading.during(() => {
      for (const text of ['a', 'b', 'c']) stream.write(bytes(text.repeat(30)));
      stream.close();
      expect(stream.write(bytes('late'))).toBe('gone');
    });
    expect([calls, gateway.openCount]).toEqual([[], 1]);
    await turnOfTheLoop();
    expect([calls.join(' '), gateway.openCount]).toEqual([`${'a'.repeat(30)}${'b'.repeat(30)}${'c'.repeat(30)} end`, 0]);
  });
});
