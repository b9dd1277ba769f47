import type { AccessRefusal, OpenRefusal } from '../../../domain/refusal.ts';
import type { CloseFrame } from '../../../application/ports/dialect.ts';
import { accessCloseReason, accessText, REMOVED as REMOVED_TEXT } from '../shared/access-refusals.ts';

/** O1, O2, O4, O6, O7, R3: the message and close code for each refusal. A new reason does not compile without a line here. */
export const REFUSALS: Record<Exclude<OpenRefusal['reason'], AccessRefusal['reason']>, CloseFrame> = {
  'credentials-missing': error('No id, token, or key supplied to websocket server', 1008),
  'key-unknown': error('Invalid key provided', 1008),
  'peer-id-empty': error('No id, token, or key supplied to websocket server', 1008),
  'peer-id-too-long': error('Invalid id', 1008),
  'peer-id-unprintable': error('Invalid id', 1008),
  'id-taken': { frame: bytes('{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}'), code: 1008, why: 'ID is taken' },
  'realm-full': error('Server has reached its concurrent user limit', 1013),
  'too-many-realms': error('Server has reached its limit of keys in use', 1013),
};

/** A5: the message to a peer whose token has expired. */
export const EXPIRED = error('Token expired', 4003);

/** ADM3, ADM4: the message to a peer that the operator has removed or banned. */
export const REMOVED = error(REMOVED_TEXT, 4004);

/** O1 to O7, A6. */
export function refusalFrame(refusal: OpenRefusal): CloseFrame {
  if (isFixed(refusal)) return REFUSALS[refusal.reason];
  if (refusal.reason === 'id-reserved') return REFUSALS['id-taken'];
  if (refusal.reason === 'banned') return REMOVED;
  const closeFrame = error(accessText(refusal), refusal.reason === 'authorizer-unreachable' ? 1013 : 1008);
  return { ...closeFrame, why: accessCloseReason(refusal) };
}

/** H18: the same message, read back from its frame. */
export function refusalMessage(refusal: OpenRefusal): { readonly type: string; readonly message: string; readonly code: number } {
  const { frame, code } = refusalFrame(refusal);
  const { type, payload } = JSON.parse(new TextDecoder().decode(frame)) as { type: string; payload: { msg: string } };
  return { type, message: payload.msg, code };
}

function isFixed(refusal: OpenRefusal): refusal is Exclude<OpenRefusal, AccessRefusal> {
  return refusal.reason in REFUSALS;
}

function error(text: string, code: number): CloseFrame {
  return { frame: bytes(JSON.stringify({ type: 'ERROR', payload: { msg: text } })), code, why: text };
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
