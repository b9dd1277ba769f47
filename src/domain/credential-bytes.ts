import type { PeerId } from './ids.ts';
import { textBytes } from './memory-sizes.ts';
import type { Token } from './token.ts';

/** Length of id and token that the fixed cost of a connection includes. */
const INCLUDED_CREDENTIAL_BYTES = 256;

/** Characters of id and token that never exceed it: two bytes each, with two headers and their padding. */
const INCLUDED_CREDENTIAL_CHARACTERS = 104;

/** B1: memory of id and token beyond the included length. */
export function extraCredentialBytes(id: PeerId, token: Token): number {
  const secret = token.reveal();
  if (id.length + secret.length <= INCLUDED_CREDENTIAL_CHARACTERS && token.identity === secret) return 0;
  const identityBytes = token.identity === secret ? 0 : textBytes(token.identity);
  return Math.max(0, textBytes(id) + textBytes(secret) + identityBytes - INCLUDED_CREDENTIAL_BYTES);
}
