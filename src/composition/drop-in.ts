import type { Server } from 'node:http';
import type { Server as SecureServer, ServerOptions } from 'node:https';
import type { WebSocket } from 'ws';
import { SuppliedPeerIds } from '../adapters/peer-ids/supplied.ts';
import { AttachedTransport, type AttachmentSettings } from '../adapters/transports/node/attachment.ts';
import { createBoundedServer } from '../adapters/transports/node/bounded-server.ts';
import type { AnyDialect } from '../application/ports/dialect.ts';
import { ConfigError } from './configuration/config-error.ts';
import { isKnownOption, type Config } from './configuration/config.ts';
import { suggestion } from './configuration/option-names.ts';
import { parseOrigin } from './configuration/origin-option.ts';
import { OPTION_NAMES } from './configuration/options.ts';
import { ConnectedPeer } from './connected-peer.ts';
import type { DropInOptions, PeerServerEventMap, PeerServerHandler } from './drop-in-types.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { resolveParts, watchDialects } from './entry-point-adapters.ts';
import { checkedOptions } from './entry-point-options.ts';
import { listenOnHost } from './listening-host.ts';
import { installedExpress } from './installed-express.ts';
import { mountableHandler, type MountableHandler } from './mountable-handler.ts';
import { isOriginOption, originsFromOption, type OriginOption } from './origins.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import { PeerClient } from './peer-client.ts';
import { dialectsOf } from './dialect-registry.ts';

/* The API of the `peer` package: its two functions, its options, its events. */

/**
 * Serves PeerJS on a server of the program. Mount the result (`app.use('/peerjs', handler)`), or use it as the request
 * handler of a `node:http` server.
 * @throws ConfigError naming each option, its value and what is allowed.
 */
export function ExpressPeerServer(server: Server | SecureServer, options: DropInOptions = {}): PeerServerHandler {
  if ((server as Server | undefined) === undefined) throw new ConfigError([NO_SERVER]);
  if (typeof server === 'function') throw new ConfigError([AN_APP]);
  if (!isServer(server)) throw new ConfigError([NOT_A_SERVER]);
  const parts = partsOf('ExpressPeerServer', options);
  if (isGiven(options.ssl)) process.emitWarning('ssl has no effect on ExpressPeerServer: pass a server of https.createServer');
  const { handler, broker } = attach(server, parts, options, { ownsServer: false });
  return handlerWithStop(handler, () => broker.close());
}

/**
 * Serves PeerJS on a new server. @param callback is called when the server listens.
 * @throws ConfigError naming each option, its value and what is allowed; ListenError for an unusable certificate.
 */
export function PeerServer(options: DropInOptions = {}, callback?: (server: Server | SecureServer) => void): PeerServerHandler {
  const parts = partsOf('PeerServer', options);
  const { config, log } = parts;
  const { ssl } = options;
  if (isGiven(ssl) && config.tls !== undefined) throw new ConfigError([TWO_CERTIFICATES]);
  const server = createBoundedServer(config, isGiven(ssl) ? ssl : undefined);
  const { handler, broker } = attach(server, parts, options, { ownsServer: true });
  server.on('request', handler);
  server.once('listening', () => callback?.(server));
  listenOnHost(server, { host: config.host, port: config.port, log, failed: (error) => emitError(handler, error) });
  const stop = async (): Promise<void> => {
    await broker.close();
    await closed(server);
  };
  return handlerWithStop(handler, stop);
}

/** The type of an Express application holds only if Express is installed; otherwise its methods throw an error that says so. */
function handlerWithStop(handler: MountableHandler<PeerServerEventMap>, stop: () => Promise<void>): PeerServerHandler {
  return Object.assign(handler as unknown as PeerServerHandler, { stop });
}

interface Attached {
  readonly handler: MountableHandler<PeerServerEventMap>;
  readonly broker: EmbeddedBroker;
}

function attach(
  server: Server | SecureServer,
  { config, log, adapters: given }: ReturnType<typeof partsOf>,
  options: DropInOptions,
  { ownsServer }: { readonly ownsServer: boolean },
): Attached {
  const { corsOptions, generateClientId } = options;
  const serve: AttachedTransport['handle'] = (request, response, next) => transport.handle(request, response, next);
  const { handler, mountPaths } = mountableHandler<PeerServerEventMap>(serve, installedExpress());
  const { adapters, dialects } = watchDialects(given);
  const maxHeaderBytes = ownsServer ? config.maxHeaderBytes : undefined;
  const transport = new AttachedTransport({
    ...attachment(server, config, options, { mountPaths, ownsServer }),
    ...pathsOf(dialectsOf(config), dialects),
    log,
    maxHeaderBytes,
  });
  const broker = new EmbeddedBroker(config, {
    log,
    makeTransport: () => Promise.resolve(transport),
    peerIds: generateClientId && new SuppliedPeerIds(generateClientId),
    origins: originsOf(corsOptions),
    authorize: options.authorize,
    adapters,
  });
  forwardEvents(broker, handler, transport);
  server.once('close', () => void broker.close());
  broker.listen().catch((error: unknown) => emitError(handler, error));
  return { handler, broker };
}

/** Resolves when the server has closed, also if it never listened. */
function closed(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const NO_SOCKETIO = {
  source: 'dialects',
  message:
    "dialects has 'socketio', which needs a server created by the broker: use createBroker, or run Socket.IO itself on another path",
};

const NO_SERVER = { source: 'server', message: 'server is missing: pass the http.Server that the app listens on' };

const NOT_A_SERVER = {
  source: 'server',
  message: 'server is not a server: pass the http.Server that the app listens on, or call PeerServer(options) for a new one',
};

const AN_APP = {
  source: 'server',
  message: 'server is an Express application: pass the http.Server that it listens on, which app.listen() returns',
};

const TWO_CERTIFICATES = {
  source: 'ssl',
  message: 'ssl is given together with sslkey and sslcert: remove one of them',
};

const TWO_LISTS = {
  source: 'cors',
  message: 'cors is given together with corsOptions.origin: remove one of them',
};

/** Programs without types pass other values. */
function isServer(server: Partial<Server> | null): boolean {
  return typeof server?.on === 'function' && typeof server.address === 'function';
}

function isGiven(ssl: ServerOptions | undefined): ssl is ServerOptions {
  return ssl !== undefined && Object.keys(ssl).length > 0;
}

function partsOf(entryPoint: 'PeerServer' | 'ExpressPeerServer', options: DropInOptions): ReturnType<typeof resolveParts> {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(checkedOptions(entryPoint, options))) {
    if (DROP_IN_NAMES.has(name) || value === undefined) continue;
    if (isKnownOption(name)) given[name] = value;
    else process.emitWarning(`${entryPoint} has no option '${name}'; it is ignored${suggestion(name, KNOWN_NAMES)}`);
  }
  const { authorize, adapters } = options;
  const parts = resolveParts(entryPoint, given, { authorize, adapters });
  if (given['cors'] !== undefined && options.corsOptions?.origin !== undefined) throw new ConfigError([TWO_LISTS]);
  if (parts.config.dialects.includes('socketio')) throw new ConfigError([NO_SOCKETIO]);
  return parts;
}

/** H6. @throws ConfigError */
function originsOf(corsOptions: DropInOptions['corsOptions']): OriginPolicy | undefined {
  const { origin, ...others }: { readonly origin?: unknown } = corsOptions ?? {};
  for (const name of Object.keys(others)) process.emitWarning(`corsOptions.${name} has no effect; only corsOptions.origin has`);
  if (origin === undefined) return undefined;
  if (isOriginOption(origin)) {
    for (const item of unmatchable(origin)) {
      process.emitWarning(`corsOptions.origin has '${item}', which no browser sends as an origin`);
    }
    return originsFromOption(origin);
  }
  const message = `corsOptions.origin is a ${typeof origin}; it must be true, false, an origin, a pattern, or a list of origins and patterns`;
  throw new ConfigError([{ source: 'corsOptions.origin', message }]);
}

/** Entries that can never equal an origin, such as those with a path. */
function unmatchable(origin: OriginOption): string[] {
  const items = origin === '*' || typeof origin === 'boolean' ? [] : [origin].flat();
  return items.filter((item) => typeof item === 'string').filter((item) => item.includes('*') || parseOrigin(item) !== item);
}

const KNOWN_NAMES = OPTION_NAMES.filter(isKnownOption);

// Read by this file; `debug` is in many examples of `peer`, which never read it.
const DROP_IN_NAMES = new Set([
  'ssl',
  'corsOptions',
  'generateClientId',
  'createWebSocketServer',
  'authorize',
  'adapters',
  'debug',
]);

function attachment(
  server: Server | SecureServer,
  config: Config,
  options: DropInOptions,
  { mountPaths, ownsServer }: { readonly mountPaths: () => readonly string[]; readonly ownsServer: boolean },
): Omit<AttachmentSettings, keyof DialectPaths> {
  return {
    server,
    mounts: { paths: mountPaths, mayBeRouted: !ownsServer },
    certificate: config.tls,
    maxFrameBytes: config.maxMessageBytes,
    sendBufferBytes: config.sendBufferBytes,
    handshakeTimeout: config.handshakeTimeout,
    ...(options.createWebSocketServer === undefined ? {} : { createWebSocketServer: options.createWebSocketServer }),
  };
}

type DialectPaths = Pick<AttachmentSettings, 'owns' | 'servesWebSocketAt'>;

/** The paths of dialects, of those that are made later too. */
function pathsOf(own: readonly AnyDialect[], others: () => readonly AnyDialect[]): DialectPaths {
  const some = (isServed: (dialect: AnyDialect) => boolean): boolean => own.some(isServed) || others().some(isServed);
  return {
    owns: (path) => some((dialect) => dialect.servesWebSocketAt(path) || dialect.route(path) !== undefined),
    servesWebSocketAt: (path) => some((dialect) => dialect.servesWebSocketAt(path)),
  };
}

/** Emits the events of `peer` for those of the broker. All events of a connection have the same client object. */
function forwardEvents(
  broker: EmbeddedBroker,
  handler: MountableHandler<PeerServerEventMap>,
  transport: AttachedTransport,
): void {
  const clients = new WeakMap<ConnectedPeer, PeerClient>();
  const webSocketOf = (peer: ConnectedPeer): WebSocket | undefined => {
    const socket = ConnectedPeer.socketOf(peer);
    return socket && transport.webSocketOf(socket);
  };
  const clientOf = (peer: ConnectedPeer): PeerClient => {
    const client = clients.get(peer) ?? new PeerClient(peer, webSocketOf);
    clients.set(peer, client);
    return client;
  };
  broker.on('connection', (peer) => handler.emit('connection', clientOf(peer)));
  broker.on('disconnect', (peer) => handler.emit('disconnect', clientOf(peer)));
  broker.on('error', (error) => emitError(handler, error));
  // Without a listener for `message` the broker parses no messages, so it gets one only when the handler has one.
  handler.on('newListener', (event) => {
    if (event !== 'message' || broker.listenerCount('message') > 0) return;
    broker.on('message', (peer, message) => handler.emit('message', clientOf(peer), message));
  });
}

/** An `error` event without a listener would end the process, as with `peer`; it becomes a warning. */
function emitError(handler: MountableHandler<PeerServerEventMap>, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  if (handler.listenerCount('error') > 0) handler.emit('error', failure);
  else process.emitWarning(failure);
}
