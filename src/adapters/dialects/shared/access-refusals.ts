import type { AccessRefusal } from '../../../domain/refusal.ts';

/** ADM3, ADM4: the text for a client that the operator has removed or banned. */
export const REMOVED = 'Removed by the operator';

/** A6: the text of a close frame that names no reason. */
export const NOT_ALLOWED = 'Not allowed';

/** A6: the text for the client. Texts say what to do, and never which check of a token failed. */
export function accessText(refusal: AccessRefusal): string {
  switch (refusal.reason) {
    case 'token-missing':
      return 'Authentication required';
    case 'token-invalid':
      return 'Invalid token';
    case 'token-expired':
      return 'Token expired';
    case 'token-early':
      return 'Token not valid yet: check the clocks';
    case 'realm-not-granted':
      return 'This token is not for this key';
    case 'id-not-granted':
      return `This token is not for the id ${refusal.id}`;
    case 'id-reserved':
      return 'ID is taken';
    case 'not-admitted':
      return refusal.message;
    case 'banned':
      return REMOVED;
    case 'authorizer-unreachable':
      return 'Authorisation is out of reach, try again later';
  }
}

/** The text for a close frame, which holds 123 bytes: without the id and without the text of an authorizer. */
export function accessCloseReason(refusal: AccessRefusal): string {
  if (refusal.reason === 'id-not-granted') return 'This token is not for this id';
  return refusal.reason === 'not-admitted' ? NOT_ALLOWED : accessText(refusal);
}

/** The reasons that do not apply to a client with a valid token. */
export const NEEDS_TOKEN: ReadonlySet<string> = new Set<AccessRefusal['reason']>([
  'token-missing',
  'token-invalid',
  'token-expired',
  'token-early',
]);
