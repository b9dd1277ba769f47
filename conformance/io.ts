/** Output streams of a command. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** True for an interactive terminal, where a line can be overwritten. */
  readonly isTerminal: boolean;
}

export interface Sink {
  write(text: string): unknown;
}
