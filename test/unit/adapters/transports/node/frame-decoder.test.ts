import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import type { Writable } from 'node:stream';
import * as ws from 'ws';
import { describe, expect, it } from 'vitest';
import { maskedFrame } from '../../../../../src/contracts/transports/network-client.ts';
import {
  FrameDecoder,
  type FrameReceiver,
  heldBytes,
  type HeldInput,
  maxFragments,
} from '../../../../../src/adapters/transports/node/frame-decoder.ts';

/** Not part of its types. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };

const MAX_BYTES = 70_000;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Records what is received, in words. */
class Recorder implements FrameReceiver {
  readonly received: string[] = [];
  isReading = true;
  fragments = 0;

  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    this.received.push(`${isBinary ? 'binary' : 'text'} ${Buffer.from(bytes).toString('latin1')}`);
  }

  receiveFragment(): void {
    this.fragments += 1;
  }

  receivePing(payload: Uint8Array): void {
    this.received.push(`ping ${Buffer.from(payload).toString('latin1')}`);
  }

  receivePong(): void {
    this.received.push('pong');
  }

  receiveClose(code: number): void {
    this.received.push(`close ${code}`);
    this.isReading = false;
  }

  receiveFault(fault: string): void {
    this.received.push(fault);
    this.isReading = false;
  }
}

/** Decodes chunks as they arrive. */
function decoded(chunks: readonly Uint8Array[]) {
  const decoder = new FrameDecoder(MAX_BYTES);
  const recorder = new Recorder();
  let held: HeldInput | undefined;
  for (const chunk of chunks) if (recorder.isReading) held = decoder.decode(Buffer.from(chunk), held, recorder);
  return { received: recorder.received, fragments: recorder.fragments, held };
}

const FAULTS = new Map([
  [1009, 'message-too-big'],
  [1007, 'text-not-utf8'],
]);

/** The same bytes, as the receiver of `ws` reads them. */
async function decodedByWs(bytes: Uint8Array): Promise<string[]> {
  const receiver = new Receiver({ isServer: true, maxPayload: MAX_BYTES, allowSynchronousEvents: true });
  const received: string[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    received.push(`${isBinary ? 'binary' : 'text'} ${data.toString('latin1')}`);
  });
  receiver.on('ping', (data: Buffer) => received.push(`ping ${data.toString('latin1')}`));
  receiver.on('pong', () => received.push('pong'));
  receiver.on('conclude', (code: number) => received.push(`close ${code}`));
  receiver.on('error', (error: Error) => {
    const status = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
    received.push(FAULTS.get(Reflect.get(error, status as symbol) as number) ?? 'frame-invalid');
  });
  receiver.end(Buffer.from(bytes));
  await finished(receiver).catch(() => undefined);
  return received;
}

const text = (value: string): Uint8Array => Buffer.from(value);

describe('frames of a client', () => {
  const message = maskedFrame(TEXT, text('a message of some words'));

  it('are decoded from one chunk, and from any two', () => {
    for (let cut = 0; cut <= message.length; cut++) {
      const { received, held } = decoded([message.subarray(0, cut), message.subarray(cut), maskedFrame(PING, text('x'))]);
      expect(received).toEqual(['text a message of some words', 'ping x']);
      expect(held).toBeUndefined();
    }
  });

  it.each([125, 126, 65_535, 65_536])('are decoded with %i bytes, byte by byte too', (length) => {
    const bytes = maskedFrame(BINARY, Buffer.alloc(length, 'abc'));
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(decoded(single)).toEqual(decoded([bytes]));
    expect(decoded([bytes]).received).toEqual([`binary ${Buffer.alloc(length, 'abc').toString()}`]);
  });

  it('B1: hold the memory of the received part only, with any announced length', () => {
    const { held } = decoded([maskedFrame(TEXT, Buffer.alloc(60_000)).subarray(0, 1_000)]);
    expect(heldBytes(held)).toBeLessThan(5_000);
  });

  it.each([0, 2])('B1, M23: move small fragments of a message rarely, with %i bytes of each in a later chunk', (later) => {
    const decoder = new FrameDecoder(MAX_BYTES);
    const recorder = new Recorder();
    const part = maskedFrame(CONTINUATION, text('abcde'), { isFinal: false });
    const cut = part.length - later;
    const sizes = new Set<number>();
    let held = decoder.decode(Buffer.from(maskedFrame(TEXT, text('a'), { isFinal: false })), undefined, recorder);
    for (let count = 0; count < 2_000; count++) {
      for (const chunk of [part.subarray(0, cut), part.subarray(cut)]) held = decoder.decode(Buffer.from(chunk), held, recorder);
      sizes.add(heldBytes(held));
    }
    expect(sizes.size).toBe(3);
    expect(Math.max(...sizes)).toBeLessThan(20_000);
  });

  it('M23: have a bound for the fragments of each message', () => {
    const part = maskedFrame(CONTINUATION, text(''), { isFinal: false });
    const messageOf = (fragments: number): Buffer => {
      const [first, last] = [maskedFrame(TEXT, text('a'), { isFinal: false }), maskedFrame(CONTINUATION, text('b'))];
      return Buffer.concat([first, ...Array.from({ length: fragments - 2 }, () => part), last]);
    };
    const most = maxFragments(MAX_BYTES);
    expect(most).toBe(2_048 + 69);
    expect(decoded([messageOf(most), messageOf(most)])).toMatchObject({ received: ['text ab', 'text ab'], fragments: 2 * most });
    expect(decoded([messageOf(most + 1)]).received).toEqual(['too-many-fragments']);
  });

  it('are masked', () => {
    expect(decoded([Uint8Array.of(0x81, 1, 97)]).received).toEqual(['frame-invalid']);
  });
});

describe('generated input', () => {
  const payload = fc.oneof(
    fc.constantFrom(text(''), text('é'), Uint8Array.of(0xc3), Uint8Array.of(3, 232), Uint8Array.of(3, 237)),
    fc.integer({ min: 0, max: 300 }).map((size) => text('x'.repeat(size))),
    fc.integer({ min: 0, max: 2_000 }).map((size) => Buffer.alloc(size, 97)),
  );
  const opcode = fc.constantFrom(TEXT, TEXT, BINARY, CONTINUATION, CONTINUATION, PING, PONG, CLOSE, 3, 11);
  const rarely = fc.integer({ min: 0, max: 40 }).map((value) => value === 0);
  const frame = fc.tuple(opcode, payload, fc.boolean(), rarely, rarely, rarely).map(([code, content, final, long, bit, bare]) => {
    const bytes = maskedFrame(code, code >= 8 && !long ? content.subarray(0, 100) : content, { isFinal: code >= 8 || final });
    if (bit) bytes[0] = (bytes[0] as number) | 0x40;
    if (bare) bytes[1] = (bytes[1] as number) & 0x7f;
    return bytes;
  });
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60_000 })), { minLength: 1 });

  it('is decoded as by ws, in any chunks', async () => {
    const property = fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), sizes, async (frames, lengths) => {
      const bytes = Buffer.concat(frames);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = lengths[chunks.length % lengths.length] as number;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(decoded(chunks).received).toEqual(await decodedByWs(bytes));
    });
    await fc.assert(property, { numRuns: 200 });
  }, 60_000);
});
