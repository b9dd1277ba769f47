import { ACCESS_MUTANTS } from './access-mutants.ts';
import { DELIVERY_MUTANTS } from './delivery-mutants.ts';
import { DEPARTURE_MUTANTS } from './departure-mutants.ts';
import { FRAME_MUTANTS } from './frame-mutants.ts';
import { HANDSHAKE_MUTANTS } from './handshake-mutants.ts';
import { HTTP_MUTANTS } from './http-mutants.ts';
import { ICE_MUTANTS } from './ice-mutants.ts';
import { IDENTITY_MUTANTS } from './identity-mutants.ts';
import { LIVENESS_MUTANTS } from './liveness-mutants.ts';
import { MAILBOX_MUTANTS } from './mailbox-mutants.ts';
import { MESSAGE_MUTANTS } from './message-mutants.ts';
import type { Mutant } from './mutant.ts';
import { OPENING_MUTANTS } from './opening-mutants.ts';
import { PORT_MUTANTS } from './port-mutants.ts';
import { REFUSAL_MUTANTS } from './refusal-mutants.ts';
import { WIRE_MUTANTS } from './wire-mutants.ts';

/** Servers that violate one rule each. */
export const ALL_MUTANTS: readonly Mutant[] = [
  ...[HTTP_MUTANTS, HANDSHAKE_MUTANTS, OPENING_MUTANTS, MESSAGE_MUTANTS, MAILBOX_MUTANTS, LIVENESS_MUTANTS].flat(),
  ...[FRAME_MUTANTS, IDENTITY_MUTANTS, DELIVERY_MUTANTS, REFUSAL_MUTANTS, DEPARTURE_MUTANTS, WIRE_MUTANTS].flat(),
  ...[ACCESS_MUTANTS, ICE_MUTANTS, PORT_MUTANTS].flat(),
];
