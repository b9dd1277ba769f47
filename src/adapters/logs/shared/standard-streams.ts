import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type OutputDescriptor, NonBlockingStream } from './non-blocking-stream.ts';

const STDOUT = 1;
const STDERR = 2;
const MAX_WAITING = 4 * 1024 * 1024;

const streams = new Map<number, NonBlockingStream>();

/** The standard output of this process, as a stream that holds up nothing: neither its writers nor the end of the process. */
export function standardOutput(): NonBlockingStream {
  return streamOf(STDOUT, () => process.stdout);
}

/** The same for the standard error. */
export function standardError(): NonBlockingStream {
  return streamOf(STDERR, () => process.stderr);
}

function streamOf(standard: number, open: () => NodeJS.WriteStream): NonBlockingStream {
  const known = streams.get(standard);
  if (known !== undefined) return known;
  const descriptor = unblocked(standard, open);
  const outlet: OutputDescriptor = {
    write: (bytes, done) => write(descriptor, bytes, done),
    writeSync: (bytes) => writeSync(descriptor, bytes),
  };
  const stream = new NonBlockingStream(outlet, MAX_WAITING);
  process.once('exit', () => stream.flush());
  streams.set(standard, stream);
  return stream;
}

/**
 * A write that blocks, to a pipe that nobody reads or a terminal that is held, keeps a thread, and a process ends only with
 * all its threads. @returns a descriptor whose writes fail with EAGAIN instead, for the same place.
 */
function unblocked(standard: number, open: () => NodeJS.WriteStream): number {
  try {
    const status = fstatSync(standard);
    // A second description of a file would have a position of its own.
    if (status.isFile()) return standard;
    // Another description of the pipe or terminal: programs that share ours do not expect it to change.
    if (status.isFIFO() || isatty(standard)) {
      return openSync(`/proc/self/fd/${standard}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    }
  } catch {
    // No /proc, or no permission to open it once more; or the descriptor is closed.
  }
  // Node's own stream makes the description of a pipe or a socket not block.
  open();
  return standard;
}
