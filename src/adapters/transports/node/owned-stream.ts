import type { Duplex } from 'node:stream';

/** Receives the events of one stream. */
export interface StreamOwner {
  receiveChunk(chunk: Buffer): void;
  /** The other side sends nothing more. */
  receiveEnd(): void;
  receiveDrain(): void;
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
  stream.on('drain', onDrain);
  stream.on('data', onData);
}

function onData(this: OwnedStream, chunk: Buffer): void {
  this[OWNER]?.receiveChunk(chunk);
}

function onEnd(this: OwnedStream): void {
  this[OWNER]?.receiveEnd();
}

function onDrain(this: OwnedStream): void {
  this[OWNER]?.receiveDrain();
}

function onError(this: OwnedStream): void {
  this.destroy();
}

function onClose(this: OwnedStream): void {
  this[OWNER]?.closed();
}
