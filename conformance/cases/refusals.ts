import { isDeepStrictEqual } from 'node:util';
import { assertMembers, formatValue } from '../assertions.ts';
import type { Frame } from '../client/peer-client.ts';
import { loose, type Loose } from '../outcomes.ts';

/** The frame that precedes the close of a refused socket. */
export interface Refusal {
  readonly type: string;
  readonly payload: { readonly msg: string };
}

/** O1 */
export const INCOMPLETE = refusal('ERROR', 'No id, token, or key supplied to websocket server');
/** O2 */
export const WRONG_KEY = refusal('ERROR', 'Invalid key provided');
/** O4 */
export const TAKEN = refusal('ID-TAKEN', 'ID is taken');
/** O6 */
export const FULL = refusal('ERROR', 'Server has reached its concurrent user limit');
/** O7 */
export const INVALID_ID = refusal('ERROR', 'Invalid id');

/** Clients evaluate the type only, so a different text is loose. @throws Failed for another type */
export function refusedWith(frame: Frame, { type, payload }: Refusal): Loose | void {
  assertMembers('the first frame', frame, { type });
  return isDeepStrictEqual(frame['payload'], payload) ? undefined : loose(`sends the text ${formatValue(frame['payload'])}`);
}

function refusal(type: string, msg: string): Refusal {
  return { type, payload: { msg } };
}
