import type { Case } from './case.ts';
import { ACCESS_CASES } from './cases/access.ts';
import { ACCESS_EXPIRY_CASES } from './cases/access-expiry.ts';
import { ACCESS_TOKEN_CASES } from './cases/access-tokens.ts';
import { CORS_CASES } from './cases/cors.ts';
import { CLOSING_CASES } from './cases/closing.ts';
import { DEPARTURE_CASES } from './cases/departures.ts';
import { CONCURRENT_LIMIT_CASES } from './cases/concurrent-limit.ts';
import { DISCOVERY_CASES } from './cases/discovery.ts';
import { EXPIRY_CASES } from './cases/expiry.ts';
import { EXPIRY_SENDER_CASES } from './cases/expiry-senders.ts';
import { HANDSHAKE_CASES } from './cases/handshakes.ts';
import { HTTP_BOUND_CASES } from './cases/http-bounds.ts';
import { HTTP_CASES } from './cases/http.ts';
import { ID_CASES } from './cases/ids.ts';
import { ICE_CASES } from './cases/ice.ts';
import { ICE_CREDENTIAL_CASES } from './cases/ice-credentials.ts';
import { IDENTITY_CASES } from './cases/identity.ts';
import { LENIENT_CASES } from './cases/lenient.ts';
import { LIMIT_CASES } from './cases/limits.ts';
import { LIVENESS_CASES } from './cases/liveness.ts';
import { MAILBOX_CASES } from './cases/mailbox.ts';
import { MALFORMED_CASES } from './cases/malformed.ts';
import { OPENING_CASES } from './cases/opening.ts';
import { ORDER_CASES } from './cases/order.ts';
import { PAYLOAD_CASES } from './cases/payload.ts';
import { RECONNECTING_CASES } from './cases/reconnecting.ts';
import { RELAY_CASES } from './cases/relay.ts';
import { ROUTE_CASES } from './cases/routes.ts';
import { SIGN_OF_LIFE_CASES } from './cases/signs-of-life.ts';
import { TEXT_FRAME_CASES } from './cases/text-frames.ts';
import { TOKEN_CASES } from './cases/tokens.ts';
import { WIRE_FORM_CASES } from './cases/wire-forms.ts';

const FAMILIES = 'HOMLXAI';

/** Every PeerJS case, sorted by rule. */
export const ALL_CASES: readonly Case[] = [
  ...[HTTP_CASES, DISCOVERY_CASES, CORS_CASES, ROUTE_CASES, HTTP_BOUND_CASES, HANDSHAKE_CASES],
  ...[OPENING_CASES, RECONNECTING_CASES, CONCURRENT_LIMIT_CASES, ID_CASES],
  ...[RELAY_CASES, PAYLOAD_CASES, MALFORMED_CASES, MAILBOX_CASES, EXPIRY_CASES, ORDER_CASES, LIMIT_CASES],
  ...[LIVENESS_CASES, TEXT_FRAME_CASES, IDENTITY_CASES, LENIENT_CASES, CLOSING_CASES, EXPIRY_SENDER_CASES, SIGN_OF_LIFE_CASES],
  ...[TOKEN_CASES, DEPARTURE_CASES, WIRE_FORM_CASES],
  ...[ACCESS_CASES, ACCESS_TOKEN_CASES, ACCESS_EXPIRY_CASES, ICE_CASES, ICE_CREDENTIAL_CASES],
]
  .flat()
  .sort((one, other) => rankOf(one.rule) - rankOf(other.rule));

function rankOf(rule: string): number {
  return FAMILIES.indexOf(rule.charAt(0)) * 1_000 + Number(rule.slice(1));
}
