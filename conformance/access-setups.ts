import type { Settings } from './settings.ts';
import { atMost, LONG_TIMEOUTS, type Setup } from './setup.ts';

const AUTH_SECRET = 'the authentication key of the conformance suite, which is no secret';
const TURN_SECRET = 'the-turn-secret-of-the-conformance-suite-which-is-no-secret';
const ORIGIN = 'https://a.example';
/** More failed authentications than this come from one address within a minute. */
const MIN_FAILURES_PER_MINUTE = 100;

const SERVERS: Settings = {
  stun: ['stun:stun.example.org'],
  turn: ['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443?transport=tcp'],
  turn_ttl: 600,
  ice_rate_limit: 0,
};
const TURN: Settings = { ...SERVERS, turn_secret: TURN_SECRET };
const AUTH: Settings = {
  ...LONG_TIMEOUTS,
  ...TURN,
  auth: 'required',
  auth_key: AUTH_SECRET,
  auth_leeway: 0,
  auth_failures_per_minute: 0,
  allow_discovery: true,
  cors: [ORIGIN],
};

/** Server configurations for the cases about authentication and ICE servers. */
export const ACCESS_SETUPS = {
  'required authentication': {
    settings: AUTH,
    requires: ['auth', 'auth_key'],
    unmet: (settings) => unmetAuth('required', settings),
  },
  'required authentication and TURN': {
    settings: AUTH,
    requires: ['auth', 'auth_key', 'turn', 'turn_secret'],
    unmet: (settings) => unmetAuth('required', settings) ?? unmetIce(settings),
  },
  'optional authentication': {
    settings: { ...LONG_TIMEOUTS, auth: 'optional', auth_key: AUTH_SECRET, auth_failures_per_minute: 0 },
    requires: ['auth', 'auth_key'],
    unmet: (settings) => unmetAuth('optional', settings),
  },
  'few failed authentications': {
    settings: { ...LONG_TIMEOUTS, auth: 'required', auth_key: AUTH_SECRET, auth_failures_per_minute: 5 },
    requires: ['auth', 'auth_key', 'auth_failures_per_minute'],
    unmet: ({ auth_failures_per_minute: limit = 0 }) =>
      limit === 0
        ? 'requires a limit of failed authentications; configure it, then pass --auth-failures-per-minute'
        : atMost('auth_failures_per_minute', limit, 20),
  },
  'no ICE servers': {
    settings: LONG_TIMEOUTS,
    requires: [],
    unmet: ({ stun = [], turn = [] }) =>
      stun.length + turn.length > 0 ? 'requires a server without ICE servers; remove --stun and --turn' : undefined,
  },
  'TURN servers': {
    settings: { ...LONG_TIMEOUTS, ...TURN, cors: [ORIGIN] },
    requires: ['turn', 'turn_secret'],
    unmet: unmetIce,
  },
  'fixed TURN credentials for everybody': {
    settings: {
      ...{ ...LONG_TIMEOUTS, ...SERVERS, ice_access: 'everybody' },
      ...{ turn_user: 'user', turn_password: 'a-password-that-is-no-secret' },
    },
    requires: ['turn', 'turn_user', 'turn_password', 'ice_access'],
    unmet: (settings) =>
      settings.ice_access === 'everybody'
        ? unmetIce(settings)
        : 'requires ICE servers for every client; configure them, then pass --ice-access everybody',
  },
  'pushed STUN servers': {
    settings: { ...LONG_TIMEOUTS, stun: ['stun:stun.example.org'], ice_push: true, ice_rate_limit: 0 },
    requires: ['stun', 'ice_push'],
    unmet: ({ turn = [], ice_push, ...settings }) =>
      ice_push === true && turn.length === 0
        ? unmetIce(settings)
        : 'requires pushed ICE servers, and no TURN server; configure it, then pass --ice-push',
  },
  'low ICE rate limit': {
    settings: { ...LONG_TIMEOUTS, stun: ['stun:stun.example.org'], ice_access: 'everybody', ice_rate_limit: 5 },
    requires: ['stun', 'ice_rate_limit'],
    unmet: ({ ice_rate_limit: limit = 0 }) =>
      limit === 0
        ? 'requires a limit of requests for ICE servers; configure it, then pass --ice-rate-limit'
        : atMost('ice_rate_limit', limit, 30),
  },
} as const satisfies Readonly<Record<string, Setup>>;

function unmetAuth(
  wanted: string,
  { auth, auth_key: secret = '', auth_failures_per_minute: limit = 20 }: Settings,
): string | undefined {
  if (auth !== wanted) return `requires ${wanted} authentication; configure it, then pass --auth ${wanted}`;
  if (secret.startsWith('-----BEGIN')) return 'requires a shared secret: pass --auth-key';
  if (limit === 0 || limit >= MIN_FAILURES_PER_MINUTE) return undefined;
  return 'requires a server without a limit of failed authentications; configure it, then pass --auth-failures-per-minute 0';
}

function unmetIce({ ice_rate_limit: limit = 20 }: Settings): string | undefined {
  if (limit === 0 || limit >= MIN_FAILURES_PER_MINUTE) return undefined;
  return 'requires a server without a limit of requests for ICE servers; configure it, then pass --ice-rate-limit 0';
}
