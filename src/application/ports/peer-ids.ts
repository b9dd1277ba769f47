/** Makes ids for peers that bring none. */
export interface PeerIds {
  /** A fresh one: hard to guess, and as good as never given before. The caller checks that it is free. */
  generate(): string;
}
