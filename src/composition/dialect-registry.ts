import type { AnyDialect } from '../application/ports/dialect.ts';
import { isTokenLike } from '../adapters/authorizers/jwt/authorizer.ts';
import { CentrifugeDialect } from '../adapters/dialects/centrifuge/dialect.ts';
import { DoctorDialect } from '../adapters/dialects/doctor/dialect.ts';
import { PeerjsDialect } from '../adapters/dialects/peerjs/dialect.ts';
import { IceRouteDialect } from '../adapters/dialects/peerjs/ice-route-dialect.ts';
import { PeerjsXhrDialect } from '../adapters/dialects/peerjs/xhr-dialect.ts';
import { MercureDialect } from '../adapters/dialects/mercure/dialect.ts';
import { MqttDialect } from '../adapters/dialects/mqtt/dialect.ts';
import { NatsDialect } from '../adapters/dialects/nats/dialect.ts';
import { PeeroDialect } from '../adapters/dialects/peero/dialect.ts';
import { RelayDialect } from '../adapters/dialects/relay/dialect.ts';
import { SocketIoDialect } from '../adapters/dialects/socketio/dialect.ts';
import { SupabaseDialect } from '../adapters/dialects/supabase/dialect.ts';
import { publicPage, type PublicPageSettings } from './built-pages.ts';
import type { Config } from './configuration/config.ts';
import type { DialectName } from './configuration/dialect-options.ts';
import { iceRealms } from './ice-sources.ts';
import { hasVerifier, needsTopicToken } from './topic-rights.ts';
import { VERSION } from './version.ts';

/* The dialects, and the option that selects them. */

/** @param hasBackend A9: whether a backend may know tokens of any form. */
const dialects: Record<DialectName, (config: Config, hasBackend: boolean) => AnyDialect> = {
  peerjs: (config) =>
    new PeerjsDialect(config.path, config.legacyXhr ? 'answers' : 'sends', iceRealms(config), {
      welcome: { ...publicSettings(config), hasDoctor: config.doctor === 'on' },
      playground: config.playground ? publicPage('playground', publicSettings(config)) : undefined,
    }),
  mercure: (config) =>
    new MercureDialect(config.mercurePath, {
      isOpen: config.mercureOpen,
      isAnonymous: config.mercureAnonymous,
      maxBodyBytes: config.maxMessageBytes,
      maxTopics: config.topicsPerConnection,
      isOwnToken: (token, use) => hasVerifier(config, use) && isTokenLike(token),
    }),
  centrifuge: (config) => new CentrifugeDialect({ ...config, path: config.centrifugePath, prefixes: config.centrifugePrefixes }),
  nats: (config) =>
    new NatsDialect({
      ...{ path: config.natsPath, prefixes: config.natsPrefixes, topicsPerConnection: config.topicsPerConnection },
      ...{ version: VERSION, needsToken: needsTopicToken(config) },
    }),
  supabase: (config, hasBackend) =>
    new SupabaseDialect({
      ...{ ...config, path: config.supabasePath, prefixes: config.supabasePrefixes },
      isToken: (text) => isTokenLike(text) || (hasBackend && text !== ''),
    }),
  mqtt: (config) => new MqttDialect({ ...config, path: config.mqttPath, prefixes: config.mqttPrefixes }),
  peero: (config) => new PeeroDialect(config.peeroPath),
  socketio: (config) => new SocketIoDialect(config.socketioPath),
  relay: (config) => new RelayDialect(config.relayPath, config.topicsPerConnection),
};

function publicSettings({ keys, auth }: Config): PublicPageSettings {
  return { key: keys[0] ?? '', needsToken: auth === 'required' };
}

/**
 * PeerJS follows the others: any path below its prefix may be the key of a realm. It does not use the paths of the doctor.
 * @param hasBackend A9: whether the embedding program decides which clients may connect.
 */
export function dialectsOf(config: Config, hasBackend = false): readonly AnyDialect[] {
  const make = (name: DialectName): AnyDialect => dialects[name](config, hasBackend || config.authUrl !== undefined);
  const others = config.dialects.filter((name) => name !== 'peerjs');
  const peerjs = config.dialects.filter((name) => name === 'peerjs');
  const ice = peerjs.length > 0 ? [] : [new IceRouteDialect(config.path, 'sends', iceRealms(config))];
  const xhr = config.legacyXhr && peerjs.length > 0 ? [new PeerjsXhrDialect(config.path, config.maxMessageBytes)] : [];
  const doctor =
    config.doctor === 'on' ? [new DoctorDialect(config.path, Date.now, publicPage('doctor', publicSettings(config)))] : [];
  const served = [...others.map(make), ...ice, ...xhr];
  return [...served, ...peerjs.map(make), ...doctor];
}
