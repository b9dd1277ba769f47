/**
 * Orders the claims of an id, also after a directory has lost its data: the later claim has the larger count in the same era. An
 * era begins whenever the directory starts without data.
 */
export interface ClaimNumber {
  readonly era: string;
  readonly count: number;
}

/** Whether both are of one era, and `number` is the earlier one. Claims of different eras have no order. */
export function isEarlierClaim(number: ClaimNumber | undefined, than: ClaimNumber | undefined): boolean {
  return number !== undefined && than !== undefined && number.era === than.era && number.count < than.count;
}
