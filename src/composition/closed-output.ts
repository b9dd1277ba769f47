import type { Writable } from 'node:stream';

/**
 * Ends the process without a message when the reader of its output goes away, as `head` does: the rest has no reader. Any other
 * error of the stream stays unhandled.
 */
export function exitOnClosedOutput(stream: Pick<Writable, 'on'>, exit: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit();
  });
}
