/** Why a transport itself ends a connection. */
export const GOODBYES = {
  tooBig: { code: 1009, why: 'message too big' },
  readsTooSlowly: { code: 1008, why: 'reads too slowly' },
  sendsTooFast: { code: 1008, why: 'sends too fast' },
} as const;

const MAX_REASON_BYTES = 123;
const encoder = new TextEncoder();

/** What of `why` fits into a close frame: whole characters only. */
export function fittingReason(why: string): string {
  const { read } = encoder.encodeInto(why, new Uint8Array(MAX_REASON_BYTES));
  return read === why.length ? why : why.slice(0, read);
}
