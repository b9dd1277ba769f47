/** A limit, by the name of its option, and what hit it. */
export interface HitLimit {
  readonly option: string;
  readonly allows: number;
  /** Undefined where it is known only that it is more. */
  readonly asked?: number | undefined;
}
