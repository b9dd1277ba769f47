import { FixedIceServers } from '../adapters/ice-servers/fixed.ts';
import { cloudflareApi, meteredApi, twilioApi, urlApi, type ProviderApi } from '../adapters/ice-servers/provider/apis.ts';
import { ProviderIceServers } from '../adapters/ice-servers/provider/provider.ts';
import { requestJson } from '../adapters/ice-servers/provider/request-json.ts';
import { TurnRestIceServers } from '../adapters/ice-servers/turn-rest.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { IceServers } from '../application/ports/ice-servers.ts';
import type { Log } from '../application/ports/log.ts';
import type { Config } from './configuration/config.ts';

/* The adapter of the port IceServers, and the options that select it. */

/** The options of one source of ICE servers. */
export type IceSource = Pick<
  Config,
  | 'stun'
  | 'turn'
  | 'turnSecret'
  | 'turnUser'
  | 'turnPassword'
  | 'turnTtl'
  | 'iceProvider'
  | 'iceProviderId'
  | 'iceProviderSecret'
  | 'iceProviderUrl'
>;

/** I1: whether there are any ICE servers. */
export function hasIceServers({ stun, turn, iceProvider }: Pick<IceSource, 'stun' | 'turn' | 'iceProvider'>): boolean {
  return stun.length + turn.length > 0 || iceProvider !== undefined;
}

/** I7, I8, I11: a provider; else, with a secret, credentials for each user; else the configured ones. */
export function iceServersOf(source: IceSource, { clock, log }: { readonly clock: Clock; readonly log: Log }): IceServers {
  const { stun, turn, turnSecret, turnUser, turnPassword, turnTtl: ttl } = source;
  const unixTime = (): number => Date.now() / 1000;
  const api = providerApiOf(source);
  if (api !== undefined) {
    const provider = new ProviderIceServers({ stun, ttl }, { api, request: requestJson, clock, unixTime, log });
    provider.prepare();
    return provider;
  }
  const [secret] = turnSecret;
  if (secret !== undefined) return new TurnRestIceServers({ stun, turn, secret, ttl }, unixTime);
  const credentials =
    turnUser === undefined || turnPassword === undefined ? undefined : { username: turnUser, credential: turnPassword };
  return new FixedIceServers({ stun, turn, credentials, ttl }, unixTime);
}

function providerApiOf({
  iceProvider,
  iceProviderId: id,
  iceProviderSecret: secret,
  iceProviderUrl: url,
}: IceSource): ProviderApi | undefined {
  if (iceProvider === 'url') return url === undefined ? undefined : urlApi(url, secret);
  if (iceProvider === undefined || id === undefined || secret === undefined) return undefined;
  return { cloudflare: cloudflareApi, twilio: twilioApi, metered: meteredApi }[iceProvider]({ id, secret });
}
