import type { ServerOptions } from '../../support/e2e/server-kinds.ts';
import type { Group } from './case.ts';
import { ANY_ORIGIN_CASES, LISTED_ORIGIN_CASES, LISTED_ORIGINS, OPEN_ORIGIN_CASES } from './cases/cors.ts';
import { DISCOVERY_CASES, HTTP_BOUND_CASES, HTTP_CASES, PATH_CASES } from './cases/http.ts';
import * as limits from './cases/limits.ts';
import { ALIVE_MS, LEAVING_CASES, LIVENESS_CASES } from './cases/liveness.ts';
import * as mailbox from './cases/mailbox.ts';
import { MESSAGE_CASES } from './cases/messages.ts';
import { CROWD_CASES, OPENING_CASES, TWO_REALM_CASES } from './cases/opening.ts';

/** Nothing happens by itself while a case runs. */
const CALM: ServerOptions = { expire_timeout: 60_000, alive_timeout: 60_000 };
const SWEEP: ServerOptions = { cleanup_out_msgs: 100 };

/** Every case, by the options that its server is started with. */
export const GROUPS: readonly Group[] = [
  {
    name: 'a server with its defaults',
    options: CALM,
    cases: [...HTTP_CASES, ...HTTP_BOUND_CASES, ...OPEN_ORIGIN_CASES, ...OPENING_CASES, ...MESSAGE_CASES, ...LEAVING_CASES],
  },
  { name: 'with discovery', options: { ...CALM, allow_discovery: true }, cases: DISCOVERY_CASES },
  { name: 'below a path', options: { ...CALM, path: '/myapp' }, cases: PATH_CASES },
  { name: 'with listed origins', options: { ...CALM, cors: LISTED_ORIGINS }, cases: LISTED_ORIGIN_CASES },
  { name: 'with every origin listed', options: { ...CALM, cors: '*' }, cases: ANY_ORIGIN_CASES },
  { name: 'with room for two', options: { ...CALM, concurrent_limit: 2 }, cases: CROWD_CASES, oneByOne: true },
  { name: 'with two keys', options: { ...CALM, allow_discovery: true, key: ['here', 'there'] }, cases: TWO_REALM_CASES },
  {
    name: 'with messages that expire soon',
    options: { ...CALM, ...SWEEP, expire_timeout: mailbox.EXPIRE_MS },
    cases: mailbox.EXPIRY_CASES,
  },
  {
    name: 'with a peer that writes odd destinations',
    options: { ...CALM, ...SWEEP, expire_timeout: mailbox.EXPIRE_MS },
    cases: mailbox.ODD_DESTINATION_CASES,
  },
  {
    name: 'with messages that expire later',
    options: { ...CALM, ...SWEEP, expire_timeout: mailbox.LONG_EXPIRE_MS },
    cases: mailbox.AGE_CASES,
  },
  { name: 'with small mailboxes', options: { ...CALM, ...mailbox.MAILBOX_BOUNDS }, cases: mailbox.MAILBOX_CASES },
  { name: 'with a small realm', options: { ...CALM, ...mailbox.SMALL_REALM }, cases: mailbox.SMALL_REALM_CASES },
  { name: 'with short patience', options: { ...CALM, ...SWEEP, alive_timeout: ALIVE_MS }, cases: LIVENESS_CASES },
  { name: 'with a bound on requests', options: { ...CALM, ...limits.HTTP_RATE }, cases: limits.HTTP_RATE_CASES, oneByOne: true },
  {
    name: 'with a bound on requests, behind a proxy',
    options: { ...CALM, ...limits.HTTP_RATE, proxied: true },
    cases: limits.PROXIED_CASES,
  },
  { name: 'with a bound on messages', options: { ...CALM, ...limits.FLOOD }, cases: limits.FLOOD_CASES },
  { name: 'with a dam', options: { ...CALM, ...limits.FLOOD, on_flood: 'pause' }, cases: limits.DAM_CASES },
  { name: 'with small buffers', options: { ...CALM, ...limits.SLOW_READER }, cases: limits.SLOW_READER_CASES },
  { name: 'with small messages', options: { ...CALM, ...limits.SMALL_FRAMES }, cases: limits.SMALL_FRAME_CASES },
];
