import { isDeepStrictEqual } from 'node:util';
import { IceServersByRealm } from '../adapters/ice-servers/by-realm.ts';
import { FixedIceServers } from '../adapters/ice-servers/fixed.ts';
import { cloudflareApi, meteredApi, twilioApi, urlApi, type ProviderApi } from '../adapters/ice-servers/provider/apis.ts';
import { ProviderIceServers } from '../adapters/ice-servers/provider/provider.ts';
import { requestJson } from '../adapters/ice-servers/provider/request-json.ts';
import { TurnRestIceServers } from '../adapters/ice-servers/turn-rest.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { IceServers } from '../application/ports/ice-servers.ts';
import type { Log } from '../application/ports/log.ts';
import { RealmKeys } from '../domain/realm-keys.ts';
import type { Config } from './configuration/config.ts';
import { completeIceSource, type IceSourceSettings } from './configuration/realm-options.ts';
import { onReload } from './reload.ts';

/* The adapter of the port IceServers, and the options that select it. */

type Parts = { readonly clock: Clock; readonly log: Log };

/** I1, I13: tells whether a realm has ICE servers, by any text as its key. */
export function iceRealms(config: Config): (key: string) => boolean {
  const entryFor = entryByKey(config);
  return (key) => {
    const { stun, turn, ice_provider } = entryFor(key)?.source ?? commonSource(config);
    return stun.length + turn.length > 0 || ice_provider !== undefined;
  };
}

/** The ICE servers of all realms. A reload replaces them if their options have changed. */
export function iceServersOf(config: Config, parts: Parts): IceServers {
  let source = commonSource(config);
  let current = allIceServers(config, parts);
  onReload(config, () => {
    const next = commonSource(config);
    if (isDeepStrictEqual(source, next)) return;
    source = next;
    current = allIceServers(config, parts);
  });
  return { issue: (user, answer) => current.issue(user, answer) };
}

function allIceServers(config: Config, parts: Parts): IceServers {
  const common = sourceAdapter(commonSource(config), parts);
  const own = new Map(entriesOf(config).map(({ name, source }) => [name, sourceAdapter(source, parts)]));
  const entryFor = entryByKey(config);
  return own.size === 0 ? common : new IceServersByRealm((realm) => own.get(entryFor(realm)?.name ?? '') ?? common);
}

/** A realm, or a pattern of realms, with ICE servers of its own. */
interface RealmEntry {
  readonly name: string;
  readonly source: IceSourceSettings;
}

function entriesOf({ realms = {}, turnTtl }: Config): RealmEntry[] {
  return Object.entries(realms).flatMap(([name, { ice }]) =>
    ice === undefined ? [] : [{ name, source: completeIceSource(ice, turnTtl) }],
  );
}

/** I13: the entry of the key itself, else that of the first pattern that matches. */
function entryByKey(config: Config): (key: string) => RealmEntry | undefined {
  const entries = entriesOf(config);
  const literal = new Map(entries.map((entry) => [entry.name, entry]));
  const patterns = entries.map((entry) => ({ entry, keys: new RealmKeys([entry.name]) }));
  return (key) => literal.get(key) ?? patterns.find(({ keys }) => keys.match(key) !== undefined)?.entry;
}

function commonSource(config: Config): IceSourceSettings {
  return {
    ...{ stun: config.stun, turn: config.turn, turn_secret: config.turnSecret, turn_user: config.turnUser },
    ...{ turn_password: config.turnPassword, turn_ttl: config.turnTtl, ice_provider: config.iceProvider },
    ...{ ice_provider_id: config.iceProviderId, ice_provider_secret: config.iceProviderSecret },
    ice_provider_url: config.iceProviderUrl,
  };
}

/** I7, I8, I11: a provider; else, with a secret, credentials for each user; else the configured ones. */
function sourceAdapter(source: IceSourceSettings, { clock, log }: Parts): IceServers {
  const { stun, turn, turn_secret, turn_user, turn_password, turn_ttl: ttl } = source;
  const unixTime = (): number => Date.now() / 1000;
  const api = providerApiOf(source);
  if (api !== undefined) {
    const provider = new ProviderIceServers({ stun, ttl }, { api, request: requestJson, clock, unixTime, log });
    provider.prepare();
    return provider;
  }
  const [secret] = turn_secret;
  if (secret !== undefined) return new TurnRestIceServers({ stun, turn, secret, ttl }, unixTime);
  const credentials =
    turn_user === undefined || turn_password === undefined ? undefined : { username: turn_user, credential: turn_password };
  return new FixedIceServers({ stun, turn, credentials, ttl }, unixTime);
}

function providerApiOf({
  ice_provider: provider,
  ice_provider_id: id,
  ice_provider_secret: secret,
  ice_provider_url: url,
}: IceSourceSettings): ProviderApi | undefined {
  if (provider === 'url') return url === undefined ? undefined : urlApi(url, secret);
  if (provider === undefined || id === undefined || secret === undefined) return undefined;
  return { cloudflare: cloudflareApi, twilio: twilioApi, metered: meteredApi }[provider]({ id, secret });
}
