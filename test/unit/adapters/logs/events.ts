import type { LogEvent, LoggedRequest, TrafficSummary } from '../../../../src/application/ports/log.ts';
import { defaultConfig } from '../../../../src/composition/configuration/config.ts';
import { connectionId, nodeId, type PeerId, realmKey } from '../../../../src/domain/ids.ts';
import { Realm } from '../../../../src/domain/realm.ts';
import { Session, type SessionTraits } from '../../../../src/domain/session.ts';
import { Token } from '../../../../src/domain/token.ts';

export const CANARY = 'c4n4ry-70k3n';

const connection = connectionId(7, 0);
const realm = new Realm({ key: realmKey('main'), node: nodeId('here') }, defaultConfig());
const ann = 'ann' as PeerId;
const traits: SessionTraits = { carrier: 'socket', liveness: 'sends', space: 'letters', keepsHistory: false };
const session = new Session({ connection, realm, id: ann, token: new Token(CANARY), traits }, 0);
const address = '203.0.113.9';

const passage: TrafficSummary = { address, lifetime: 1_500, framesIn: 2, bytesIn: 90, framesOut: 3, bytesOut: 120 };
const request: LoggedRequest = {
  method: 'GET',
  path: '/peerjs',
  origin: 'https://a.test',
  address,
  proxy: undefined,
  ignoresForwardedFor: true,
};

/** An error as it may be thrown: its message contains a URL, and the session is attached. */
function leakyError(): Error {
  const error = new TypeError(`Invalid URL: ws://host/peerjs?key=main&id=ann&token=${CANARY}&version=1 {"token":"${CANARY}"}`);
  return Object.assign(error, { session, token: CANARY, cause: new Error(CANARY) });
}

/** One event of each kind. */
export const EVENTS: { readonly [Name in LogEvent['event']]: LogEvent & { readonly event: Name } } = {
  listening: { event: 'listening', transport: 'uws', address: { host: '::', port: 9000, secure: false } },
  'worker-ended': { event: 'worker-ended', worker: 2, pid: 4711, why: 'SIGKILL', delay: 100 },
  'worker-hung': { event: 'worker-hung', worker: 2, pid: 4711, silence: 20_000 },
  'worker-replaced': { event: 'worker-replaced', worker: 2, pid: 4712 },
  'in-effect': {
    event: 'in-effect',
    ...{ dialects: { peerjs: '/' }, realms: ['peerjs'], profile: 'drop-in', proxied: 'false', origins: 'any', engine: undefined },
    ...{ maxConnections: 100, maxConnectionsPerAddress: 10, aliveTimeout: 60_000, openFiles: 1_024 },
  },
  'open-files-short': { event: 'open-files-short', maxConnections: 100_000, openFiles: 1_024 },
  'transport-unavailable': {
    event: 'transport-unavailable',
    wanted: 'uws',
    taken: 'node',
    detail: 'no build',
    isInstalled: true,
  },
  'uws-loaded': { event: 'uws-loaded', version: '20.67.0', abi: '137', folder: '/srv/app/node_modules/uWebSockets.js' },
  'option-ineffective': { event: 'option-ineffective', option: '--keep_alive_timeout', taken: 'uws', fixed: 10_000 },
  'proxy-needs-http11': { event: 'proxy-needs-http11', taken: 'uws' },
  'ipv6-unavailable': { event: 'ipv6-unavailable', taken: '0.0.0.0' },
  'authorizer-lost': { event: 'authorizer-lost', authorizer: 'webhook', detail: 'status 500 in place of 200', failures: 3 },
  'authorizer-reached': { event: 'authorizer-reached', authorizer: 'webhook' },
  'connections-dropped': { event: 'connections-dropped', dropped: 3, openFiles: 1024 },
  'accept-suspended': { event: 'accept-suspended', openFiles: 1024 },
  'peer-opened': { event: 'peer-opened', session, address },
  'peer-closed': { event: 'peer-closed', session, ending: 'superseded', end: { by: 'broker', code: 4001 }, passage },
  'connection-refused': {
    event: 'connection-refused',
    connection,
    realm: realm.key,
    id: ann,
    key: undefined,
    refusal: { reason: 'id-taken' },
    address,
    origin: 'https://a.test',
    limit: undefined,
  },
  'token-refused': { event: 'token-refused', session, refusal: { reason: 'token-invalid', detail: 'signature' }, address },
  'upgrade-refused': { event: 'upgrade-refused', request, status: 403, why: 'origin-not-allowed', key: 'main', limit: undefined },
  'request-refused': {
    event: 'request-refused',
    request,
    status: 414,
    why: 'URI Too Long',
    limit: { option: 'max_url_bytes', allows: 4096, asked: 9000 },
  },
  'upgrade-abandoned': { event: 'upgrade-abandoned', address, dialect: 'peerjs' },
  'connection-closed': {
    event: 'connection-closed',
    connection,
    session: undefined,
    dialect: 'relay',
    end: { by: 'client', code: 1001 },
    passage,
  },
  'engine-reached': { event: 'engine-reached', engine: 'redis://engine:6379', node: nodeId('here') },
  'engine-awaited': { event: 'engine-awaited', engine: 'redis://engine:6379', isPatient: true },
  'engine-lost': { event: 'engine-lost', engine: 'redis://engine:6379', detail: 'ECONNRESET' },
  'ice-provider-reached': { event: 'ice-provider-reached', provider: 'cloudflare' },
  'ice-provider-lost': { event: 'ice-provider-lost', provider: 'cloudflare', detail: 'it answered 401' },
  'ice-urls-dropped': { event: 'ice-urls-dropped', provider: 'url', dropped: 2 },
  'format-conflict': { event: 'format-conflict', engine: 'redis://engine:6379', found: 2, supported: 1 },
  'word-refused': { event: 'word-refused', why: 'unknown-version', version: 9 },
  'stood-still': { event: 'stood-still', span: 5_000 },
  'certificate-reloaded': { event: 'certificate-reloaded' },
  'certificate-refused': { event: 'certificate-refused', detail: 'key.pem contains no usable private key' },
  'key-set-loaded': { event: 'key-set-loaded', url: 'https://login.example.org/keys', keys: 2, skipped: 1 },
  'key-set-unreachable': { event: 'key-set-unreachable', url: 'https://login.example.org/keys', detail: 'it responded 500' },
  'configuration-reloaded': { event: 'configuration-reloaded', changed: ['max_connections'], needsRestart: ['port'] },
  'configuration-refused': { event: 'configuration-refused', problems: ['the config file is not JSON'] },
  'mailbox-store-failed': { event: 'mailbox-store-failed', detail: 'database or disk is full' },
  'mailbox-store-recovered': { event: 'mailbox-store-recovered' },
  'signal-ignored': { event: 'signal-ignored', signal: 'SIGUSR2' },
  'admin-listening': { event: 'admin-listening', place: 'http://127.0.0.1:9001' },
  'admin-refused': { event: 'admin-refused', address, path: '/api/peers', why: 'token-invalid' },
  'operator-acted': {
    ...{ event: 'operator-acted', act: 'expel', subject: 'peerjs/ann', reason: 'spam', from: '127.0.0.1', closed: 1 },
  },
  draining: { event: 'draining', connections: 3, patience: 10_000 },
  stopped: { event: 'stopped', cut: 1 },
  fault: { event: 'fault', error: leakyError(), connection },
  crashed: { event: 'crashed', error: leakyError() },
};
