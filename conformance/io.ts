/** Where a command writes to. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Whether somebody watches: a line may then be written over. */
  readonly isTerminal: boolean;
}

export interface Sink {
  write(text: string): unknown;
}
