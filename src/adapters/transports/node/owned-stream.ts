import type { Duplex } from 'node:stream';
import { readShared } from './shared-reads.ts';

/** Receives the events of one stream. */
export interface StreamOwner {
  /** @param chunk is valid for the call. */
  receiveChunk(chunk: Buffer): void;
  /** The other side sends nothing more. */
  receiveEnd(): void;
  /** TCP has ended. */
  closed(): void;
}

const OWNER = Symbol('the owner of a stream');

type OwnedStream = Duplex & { [OWNER]?: StreamOwner };

/** Begins to read. All streams share the listeners, because closures for each stream would need a third of its memory. */
export function listen(stream: Duplex, owner: StreamOwner): void {
  (stream as OwnedStream)[OWNER] = owner;
  stream.on('close', onClose);
  stream.on('end', onEnd);
  stream.on('error', onError);
  if (readShared(stream, onRead)) stream.resume();
  else stream.on('data', onData);
}

function onRead(this: OwnedStream, length: number, buffer: Buffer): boolean {
  this[OWNER]?.receiveChunk(buffer.subarray(0, length));
  return true;
}

function onData(this: OwnedStream, chunk: Buffer): void {
  this[OWNER]?.receiveChunk(chunk);
}

function onEnd(this: OwnedStream): void {
  this[OWNER]?.receiveEnd();
}

function onError(this: OwnedStream): void {
  this.destroy();
}

function onClose(this: OwnedStream): void {
  this[OWNER]?.closed();
}
