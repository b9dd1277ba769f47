import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NodeId } from '../../../domain/ids.ts';

/** The names and the random texts of both ends of a link. */
export interface LinkParties {
  readonly sender: NodeId;
  readonly receiver: NodeId;
  readonly senderNonce: string;
  readonly receiverNonce: string;
}

const RANDOM_BYTES = 24;

/** A key, or a nonce. */
export function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

/** Proves that an end of a link knows the key. @param by differs, so that no end can return the proof of the other. */
export function proofOf(by: 'sender' | 'receiver', key: string, parties: LinkParties): string {
  const { sender, receiver, senderNonce, receiverNonce } = parties;
  return createHmac('sha256', key)
    .update(JSON.stringify(['signalbox link 1', by, sender, receiver, senderNonce, receiverNonce]))
    .digest('base64url');
}

/** Takes the same time for every wrong proof of the right length. */
export function isProof(proof: unknown, expected: string): boolean {
  if (typeof proof !== 'string') return false;
  const [given, wanted] = [Buffer.from(proof), Buffer.from(expected)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
