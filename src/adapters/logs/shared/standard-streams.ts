import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type OutputDescriptor, NonBlockingStream } from './non-blocking-stream.ts';

const STDOUT = 1;
const STDERR = 2;
const MAX_WAITING = 4 * 1024 * 1024;

const streams = new Map<number, NonBlockingStream>();

/** The standard output of this process, as a stream that blocks neither a writer nor process exit. */
export function standardOutput(): NonBlockingStream {
  return streamOf(STDOUT, () => process.stdout);
}

/** The standard error, as a stream of the same kind. */
export function standardError(): NonBlockingStream {
  return streamOf(STDERR, () => process.stderr);
}

function streamOf(standard: number, open: () => NodeJS.WriteStream): NonBlockingStream {
  const known = streams.get(standard);
  if (known !== undefined) return known;
  const descriptor = unblocked(standard, open);
  const output: OutputDescriptor = {
    write: (bytes, done) => write(descriptor, bytes, done),
    writeSync: (bytes) => writeSync(descriptor, bytes),
  };
  const stream = new NonBlockingStream(output, MAX_WAITING);
  process.once('exit', () => stream.flush());
  streams.set(standard, stream);
  return stream;
}

/**
 * A blocking write (to a pipe without a reader, or a suspended terminal) occupies a thread, and a process exits only after all
 * its threads.
 * @returns a descriptor of the same file whose writes fail with EAGAIN instead of blocking.
 */
function unblocked(standard: number, open: () => NodeJS.WriteStream): number {
  try {
    const status = fstatSync(standard);
    // A second file description would have a position of its own.
    if (status.isFile()) return standard;
    // A new description of the pipe or terminal, because other programs share the original and do not expect O_NONBLOCK.
    if (status.isFIFO() || isatty(standard)) {
      return openSync(`/proc/self/fd/${standard}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    }
  } catch {
    // There is no /proc, or no permission to open the file again, or the descriptor is closed.
  }
  // Node's own stream sets the description of a pipe or socket to non-blocking mode.
  open();
  return standard;
}
