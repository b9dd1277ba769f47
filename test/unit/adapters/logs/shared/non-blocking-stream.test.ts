import { describe, expect, it, vi } from 'vitest';
import { type OutputDescriptor, NonBlockingStream } from '../../../../../src/adapters/logs/shared/non-blocking-stream.ts';

type Done = Parameters<OutputDescriptor['write']>[1];

/** A descriptor whose reader reads when the test allows it. */
class SlowDescriptor implements OutputDescriptor {
  readonly #taken: Uint8Array[] = [];
  pending: { bytes: Uint8Array; done: Done } | undefined = undefined;
  failsAtOnce = false;

  get taken(): string {
    return Buffer.concat(this.#taken).toString();
  }

  write(bytes: Uint8Array, done: Done): void {
    this.pending = { bytes, done };
  }

  writeSync(bytes: Uint8Array): number {
    if (this.failsAtOnce) throw new Error('EAGAIN');
    const some = bytes.subarray(0, 4);
    this.#taken.push(some);
    return some.length;
  }

  takes(count = Infinity): void {
    const { bytes, done } = this.#next();
    const some = bytes.subarray(0, count);
    this.#taken.push(some);
    done(null, some.length);
  }

  fails(code: string): void {
    this.#next().done(Object.assign(new Error(code), { code }), 0);
  }

  #next(): { bytes: Uint8Array; done: Done } {
    const next = this.pending ?? expect.fail('nothing is written');
    this.pending = undefined;
    return next;
  }
}

function stream(maxWaiting = 100): { descriptor: SlowDescriptor; log: NonBlockingStream } {
  const descriptor = new SlowDescriptor();
  return { descriptor, log: new NonBlockingStream(descriptor, maxWaiting) };
}

describe('a non-blocking stream', () => {
  it('writes lines in order, and queued lines together', () => {
    const { descriptor, log } = stream();
    for (const line of ['one\n', 'two\n', 'three\n']) log.write(line);
    descriptor.takes();
    expect(descriptor.taken).toBe('one\n');
    descriptor.takes();
    expect(descriptor.taken).toBe('one\ntwo\nthree\n');
    expect(descriptor.pending).toBeUndefined();
  });

  it('writes the rest after a partial write', () => {
    const { descriptor, log } = stream();
    log.write('één\n');
    descriptor.takes(2);
    descriptor.takes();
    expect(descriptor.taken).toBe('één\n');
    expect(descriptor.pending).toBeUndefined();
  });

  it('retries while the descriptor would block', async () => {
    vi.useFakeTimers();
    const { descriptor, log } = stream();
    log.write('one\n');
    descriptor.fails('EAGAIN');
    expect(descriptor.pending).toBeUndefined();
    await vi.runAllTimersAsync();
    descriptor.takes();
    expect(descriptor.taken).toBe('one\n');
    vi.useRealTimers();
  });

  it('queues no more than its limit, and continues when there is room', () => {
    const { descriptor, log } = stream(10);
    log.write('first\n');
    for (const line of ['12345\n', 'too long\n', 'abc\n']) log.write(line);
    descriptor.takes();
    descriptor.takes();
    log.write('last\n');
    descriptor.takes();
    expect(descriptor.taken).toBe('first\n12345\nabc\nlast\n');
  });

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('%s loses the queued lines, and later ones are written', (failure) => {
    const { descriptor, log } = stream();
    log.write('lost\n');
    descriptor.fails(failure);
    log.write('kept\n');
    descriptor.takes();
    expect(descriptor.taken).toBe('kept\n');
  });

  it('retries at exit the lines for which there was no room', () => {
    vi.useFakeTimers();
    const { descriptor, log } = stream();
    log.write('one\n');
    descriptor.fails('EAGAIN');
    log.write('two\n');
    log.flush();
    expect(descriptor.taken).toBe('one\ntwo\n');
    vi.useRealTimers();
  });

  it('stops writing when the reader has closed the descriptor', () => {
    const { descriptor, log } = stream();
    log.write('one\n');
    log.write('two\n');
    descriptor.fails('EPIPE');
    log.write('three\n');
    expect(descriptor.pending).toBeUndefined();
  });

  it('writes queued lines synchronously at exit', () => {
    const { descriptor, log } = stream();
    log.write('in progress\n');
    log.write('queued until exit\n');
    log.flush();
    expect(descriptor.taken).toBe('queued until exit\n');
  });

  it('does not wait at exit', () => {
    const { descriptor, log } = stream();
    descriptor.failsAtOnce = true;
    log.write('in progress\n');
    log.write('lost\n');
    log.flush();
    expect(descriptor.taken).toBe('');
  });
});
