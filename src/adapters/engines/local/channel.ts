/** The handlers of one end of a channel. */
export interface ChannelListener<In> {
  readonly onBatch: (batch: readonly In[]) => void;
  /** The other end is gone. Called once, and not from inside a call. */
  readonly onClosed: () => void;
}

/** One end of the connection between the hub and a node. It is in order, and loses nothing before it closes. */
export interface Channel<Out, In> {
  /**
   * Sends copies. Called again only after `sent`. A closed channel drops the batch.
   * @param sent called later, when the batch has left this process.
   */
  send(batch: readonly Out[], sent: () => void): void;
  /** Called once. */
  listen(listener: ChannelListener<In>): void;
}
