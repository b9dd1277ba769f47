import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { MeteredAuthorizer } from '../application/metered-authorizer.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { Authorizer } from '../application/ports/authorizer.ts';
import type { ClusterRecords } from '../application/ports/cluster-records.ts';
import type { ClientAddresses } from '../application/ports/client-addresses.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { NodeBus } from '../application/ports/node-bus.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import type { TopicAccess } from '../application/ports/topic-access.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { TokenVerifier } from '../application/ports/token-verifier.ts';
import { JwtAuthenticator } from '../adapters/authenticators/jwt/authenticator.ts';
import { ChainAuthorizer } from '../adapters/authorizers/chain.ts';
import { FunctionAuthorizer, type Authorize } from '../adapters/authorizers/function.ts';
import { isTokenLike, JwtAuthorizer } from '../adapters/authorizers/jwt/authorizer.ts';
import { OpenAuthorizer } from '../adapters/authorizers/open.ts';
import { WebhookAuthorizer } from '../adapters/authorizers/webhook/webhook.ts';
import { WebSocketLinks } from '../adapters/broker-links/websocket/links.ts';
import { MemoryBusNetwork } from '../adapters/buses/memory/bus.ts';
import { DirectAddresses } from '../adapters/client-addresses/direct.ts';
import { ProxiedAddresses } from '../adapters/client-addresses/proxied.ts';
import { MemoryClusterRecords } from '../adapters/cluster-records/memory/records.ts';
import { SystemClock } from '../adapters/clocks/system.ts';
import { refusalCloseFrame, refusalText } from '../adapters/dialects/shared/close-frames.ts';
import { MemoryPeerDirectory } from '../adapters/directories/memory/directory.ts';
import { poolPatternRealms } from '../adapters/engines/pool/engine.ts';
import { POOL } from '../adapters/engines/shared/pooled-names.ts';
import { MemoryMailboxStore } from '../adapters/mailboxes/memory/store.ts';
import { SqliteMailboxStore } from '../adapters/mailboxes/sqlite/store.ts';
import { ThreadJournal } from '../adapters/mailboxes/sqlite/thread-journal.ts';
import { NoTelemetry } from '../adapters/telemetry/none.ts';
import { NodeTransport } from '../adapters/transports/node/listener.ts';
import { SocketIoTransport } from '../adapters/transports/socketio/transport.ts';
import { loadUwsTransport, type UwsSettings } from '../adapters/transports/uws/listener.ts';
import { ListenError, type Transport } from '../application/ports/transport.ts';
import { invariant } from '../domain/invariant.ts';
import { nodeId, type NodeId, type RealmKey } from '../domain/ids.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Millis } from '../domain/time.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import { RealmKeys } from '../domain/realm-keys.ts';
import type { Engine } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { headerParts } from './configuration/webhook-option-types.ts';
import { loadOptional } from './optional-package.ts';
import { originsFromList } from './origins.ts';
import { tokenVerifierOf, verifierOfKey } from './token-verification.ts';
import { onReload } from './reload.ts';
import { hasVerifier, sharesTokens, topicRights } from './topic-rights.ts';

/* The adapter of each port, and the option that selects it. */

const USES = ['publisher', 'subscriber'] as const;

/**
 * Verifies the tokens of publishers and subscribers with the keys of Mercure; without any, with those of authentication.
 * @param verifier of authentication.
 */
export function authenticatorOf(config: Config, verifier: TokenVerifier | undefined): Authenticator {
  let current = jwtAuthenticator(config, verifier);
  onReload(config, () => (current = jwtAuthenticator(config, verifier)));
  return { verify: (token, use, onRefused) => current.verify(token, use, onRefused) };
}

function jwtAuthenticator(
  { mercurePublisherKey, mercureSubscriberKey }: Config,
  verifier: TokenVerifier | undefined,
): JwtAuthenticator {
  const hasKeys = mercurePublisherKey !== undefined || mercureSubscriberKey !== undefined;
  if (!hasKeys) return new JwtAuthenticator({ publisher: verifier, subscriber: verifier });
  const [publisher, subscriber] = [mercurePublisherKey, mercureSubscriberKey].map((key) => key && verifierOfKey(key));
  return new JwtAuthenticator({ publisher: publisher || undefined, subscriber: subscriber || undefined });
}

/** The parts of authorizers beside the configuration. */
export interface AuthorizerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** The function of the embedding program. */
  readonly authorize?: Authorize | undefined;
}

/** A1, A9. @param verifier of the configured issuers, if there are any. */
export function authorizerOf(
  config: Config,
  verifier: TokenVerifier | undefined,
  parts: Pick<AuthorizerParts, 'clock' | 'telemetry'>,
  backend: Authorizer | undefined,
): Authorizer {
  if (config.auth === 'open') return new OpenAuthorizer();
  const jwt =
    verifier &&
    new JwtAuthorizer(verifier, {
      isRequired: config.auth === 'required' || backend !== undefined,
      idClaim: config.authIdClaim,
      reservedIds: config.reservedIds,
      endsAtExpiry: config.authAtExpiry === 'close',
    });
  const tokens = jwt && new MeteredAuthorizer(jwt, 'jwt', parts.telemetry);
  if (tokens !== undefined && backend !== undefined) {
    return new ChainAuthorizer({ tokens, backend, clock: parts.clock, always: config.authUrlAlways });
  }
  const authorizer = tokens ?? backend;
  invariant(authorizer !== undefined, 'the configuration accepted auth only with keys or a backend');
  return authorizer;
}

/** A9: the function or the webhook that decides, if there is one. */
export function backendOf(config: Config, { clock, log, authorize, telemetry }: AuthorizerParts): Authorizer | undefined {
  if (config.auth === 'open') return undefined;
  const { authUrl: url, authUrlSecret: secret, authHeader, authForward: headers, authTimeout: timeout, reservedIds } = config;
  const parts = { clock, log, unixTime: (): number => Date.now() / 1000 };
  const settings = { headers, timeout, reservedIds };
  if (authorize !== undefined) {
    return new MeteredAuthorizer(new FunctionAuthorizer(authorize, settings, parts), 'function', telemetry);
  }
  if (url === undefined) return undefined;
  const header = authHeader === undefined ? undefined : headerParts(authHeader);
  return new MeteredAuthorizer(new WebhookAuthorizer({ ...settings, url, secret, header }, parts), 'webhook', telemetry);
}

export const transports: Record<Config['transport'], (settings: UwsSettings, log: Log) => Promise<Transport>> = {
  uws: loadUwsTransport,
  node: (settings, log) => Promise.resolve(new NodeTransport(settings, log)),
  auto: (settings, log) =>
    loadUwsTransport(settings, log).catch((error: unknown) => {
      if (!(error instanceof ListenError) || error.refusal.reason !== 'transport-unavailable') throw error;
      const { detail, isInstalled } = error.refusal;
      // A library that is named must load.
      if (settings.uws !== undefined) throw error;
      log.record({ event: 'transport-unavailable', wanted: 'uws', taken: 'node', detail, isInstalled });
      return new NodeTransport(settings, log);
    }),
};

/** The parts of a bridge beside the configuration. */
export interface BridgeParts {
  readonly log: Log;
  /** A9: whether the embedding program decides which clients may connect. */
  readonly hasBackend: boolean;
}

/** SIO10, CF11, SB12: verifies the tokens of the dialects that share the topics of Mercure. @param hasBackend A9. */
export function topicAccessOf(
  config: Config,
  authenticator: Authenticator,
  clock: Pick<Clock, 'now'>,
  hasBackend: boolean,
): TopicAccess {
  const isOwnToken = (token: string): boolean => USES.some((use) => hasVerifier(config, use)) && isTokenLike(token);
  return topicRights(config, authenticator, () => clock.now(), { hasBackend, isOwnToken });
}

/** Transports that wrap another one, for dialects whose sessions outlive a WebSocket or request. */
export const bridges: Record<'socketio', (inner: Transport, config: Config, parts: BridgeParts) => Transport> = {
  socketio: (inner, config, { log, hasBackend }) => {
    const { socketioPath: path, socketioPrefixes: prefixes, maxMessageBytes, handshakeTimeout } = config;
    const clock = new SystemClock();
    const verifier = sharesTokens(config) ? tokenVerifierOf(config, { clock, log, telemetry: new NoTelemetry() }) : undefined;
    const settings = {
      ...{ ...config, path, prefixes, maxFrameBytes: maxMessageBytes, connectTimeout: handshakeTimeout },
      protocols: config.socketioEio3 ? ([4, 3] as const) : ([4] as const),
      origins: originsFromList(config.cors),
      authorize: topicAccessOf(config, authenticatorOf(config, verifier), clock, hasBackend || config.authUrl !== undefined),
      describeRefusal: (refusal: AccessRefusal) => ({ text: refusalText(refusal), code: refusalCloseFrame(refusal).code }),
    };
    return new SocketIoTransport(inner, settings, { clock, log });
  },
};

export const directories: Record<'memory', (clock: Clock) => PeerDirectory> = {
  memory: (clock) => new MemoryPeerDirectory(clock),
};

/** On a single node. @param config the option `mailboxes` is `memory`, or `sqlite:` and the path of a file. */
export function mailboxStoreOf(config: Config, memory: MemoryBudget, clock: Clock): MailboxStore {
  const [kind = '', ...path] = config.mailboxes.split(':');
  if (kind !== 'sqlite') return new MemoryMailboxStore(config, undefined, memory);
  return new SqliteMailboxStore(config, { journal: new ThreadJournal(path.join(':')), clock, memory });
}

/** Each engine loads its client library on use. @throws ListenError without a response; ConfigError without the library. */
export const engines: Record<'redis' | 'nats', (url: string, config: Config, log: Log) => Promise<Engine>> = {
  async redis(url, config, log) {
    const { connectRedisEngine } = await loadOptional(REDIS, () => import('../adapters/engines/redis/engine.ts'));
    return connectRedisEngine(url, engineSettings(config), log);
  },
  async nats(url, config, log) {
    const { connectNatsEngine } = await loadOptional(NATS, () => import('../adapters/engines/nats/engine.ts'));
    return connectNatsEngine(url, engineSettings(config), log);
  },
};

const REDIS = { feature: '--cluster with a Redis server', packages: ['ioredis@6'] };
const NATS = {
  feature: '--cluster with a NATS server',
  packages: ['@nats-io/transport-node@3', '@nats-io/jetstream@3', '@nats-io/kv@3'],
};

function engineSettings({
  realms: _,
  ...config
}: Config): Omit<Config, 'realms'> & { node: NodeId; realms: readonly RealmKey[]; lease: Millis } {
  const { literals, hasPatterns } = new RealmKeys(config.keys);
  return { ...config, node: uniqueNode(), realms: hasPatterns ? [...literals, POOL] : literals, lease: config.clusterLease };
}

/** The id of a node of a cluster: unique for each process, also across restarts. */
export function uniqueNode(): NodeId {
  return nodeId(`${hostname().replaceAll(/\s/g, '-')}-${process.pid}-${randomUUID().slice(0, 8)}`);
}

/** R5: with patterns among the keys, their realms share one realm of the engine. */
export function pooled(engine: Pick<Engine, 'directory' | 'mailboxes' | 'bus'>, { keys }: Config): typeof engine {
  const { literals, hasPatterns } = new RealmKeys(keys);
  return hasPatterns ? poolPatternRealms(engine, literals) : engine;
}

export const buses: Record<'memory', (node: NodeId) => NodeBus> = {
  memory: (node) => new MemoryBusNetwork().busOf(node),
};

/** @param url of the HTTP port of this node, for the other nodes. */
export const brokerLinks: Record<'websocket', (url: string, clock: Clock) => WebSocketLinks> = {
  websocket: (url, clock) => new WebSocketLinks(url, clock),
};

/** @param node the only node. */
export const clusterRecords: Record<'memory', (clock: Clock, node: NodeId) => ClusterRecords> = {
  memory: (clock, node) => new MemoryClusterRecords(clock, () => [node]),
};

/** The id of a node without an engine. */
export const SINGLE_NODE: NodeId = nodeId('alone');

export function clientAddressesOf({ proxied }: Config): ClientAddresses {
  return proxied === false ? new DirectAddresses() : new ProxiedAddresses(proxied);
}
