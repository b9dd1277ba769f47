import type { Channel, ChannelListener } from './channel.ts';

/** The end of an IPC channel between two processes, with `serialization: 'advanced'`. */
export interface IpcEnd {
  readonly connected: boolean;
  send(message: unknown, handle: undefined, options: undefined, sent: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** A channel over IPC. The processes may send other messages on it, which are no arrays. */
export class ProcessChannel<Out, In> implements Channel<Out, In> {
  readonly #end: IpcEnd;

  constructor(end: IpcEnd) {
    this.#end = end;
  }

  send(batch: readonly Out[], sent: () => void): void {
    // An error means that the other process has ended, which `disconnect` reports.
    if (this.#end.connected) this.#end.send(batch, undefined, undefined, sent);
  }

  listen({ onBatch, onClosed }: ChannelListener<In>): void {
    this.#end.on('message', (message) => {
      if (Array.isArray(message)) onBatch(message as readonly In[]);
    });
    this.#end.once('disconnect', onClosed);
  }
}
