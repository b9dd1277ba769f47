/** A limit that was exceeded, by the name of its option. */
export interface HitLimit {
  readonly option: string;
  readonly allows: number;
  /** The requested amount; undefined if only known to be more than `allows`. */
  readonly asked?: number | undefined;
}
