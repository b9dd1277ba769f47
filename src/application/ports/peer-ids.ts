/** Generates ids for peers that request none. */
export interface PeerIds {
  /** A new id: hard to guess and, for all practical purposes, unique. The caller checks that it is free. */
  generate(): string;
}
