/** SIO10: what a connection may do in its topics. */
export interface Rights {
  /** Whether it may listen at all. */
  readonly mayListen: boolean;
  /** Whether it hears what is private in a topic. */
  mayHearPrivate(topic: string): boolean;
  mayPublish(topic: string): boolean;
}

/** Checks the token of a connection, undefined where it has none. @returns undefined where it may not connect. */
export type Authorize = (token: string | undefined) => Rights | undefined;
