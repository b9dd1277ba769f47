import { ProviderError } from './provider-error.ts';
import { memberOf } from './received-servers.ts';
import type { RequestJson } from './request-json.ts';

/** The parts of an answer, not checked yet. */
export interface ProviderAnswer {
  readonly servers: unknown;
  /** Undefined if the provider does not tell the lifetime, which is the requested one then. */
  readonly ttl?: unknown;
}

/** The HTTP interface of a provider of TURN servers. */
export interface ProviderApi {
  readonly name: string;
  /** @param ttl requested lifetime, in seconds. @throws ProviderError */
  ask(ttl: number, request: RequestJson, signal: AbortSignal): Promise<ProviderAnswer>;
}

export interface ProviderAccount {
  readonly id: string;
  readonly secret: string;
}

const JSON_BODY = { 'content-type': 'application/json' };
const ACCEPT = { accept: 'application/json' };

/** @param account id and API token of a TURN key. */
export function cloudflareApi({ id, secret }: ProviderAccount, base = 'https://rtc.live.cloudflare.com'): ProviderApi {
  const url = `${base}/v1/turn/keys/${encodeURIComponent(id)}/credentials/generate-ice-servers`;
  const headers = { ...ACCEPT, ...JSON_BODY, authorization: `Bearer ${secret}` };
  return {
    name: 'cloudflare',
    async ask(ttl, request, signal) {
      const answer = await request({ url, method: 'POST', headers, body: JSON.stringify({ ttl }) }, signal);
      return { servers: memberOf(answer, 'iceServers') };
    },
  };
}

/** @param account SID and auth token of an account. */
export function twilioApi({ id, secret }: ProviderAccount, base = 'https://api.twilio.com'): ProviderApi {
  const url = `${base}/2010-04-01/Accounts/${encodeURIComponent(id)}/Tokens.json`;
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  const headers = { ...ACCEPT, 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` };
  return {
    name: 'twilio',
    async ask(ttl, request, signal) {
      const answer = await request({ url, method: 'POST', headers, body: `Ttl=${ttl}` }, signal);
      return { servers: memberOf(answer, 'ice_servers'), ttl: memberOf(answer, 'ttl') };
    },
  };
}

/** Creates a credential, and reads its servers. @param account name of the application, and its secret key. */
export function meteredApi({ id, secret }: ProviderAccount, base = `https://${id}.metered.live`): ProviderApi {
  const path = `${base}/api/v1/turn/credential`;
  return {
    name: 'metered',
    async ask(ttl, request, signal) {
      const body = JSON.stringify({ expiryInSeconds: ttl, label: 'signalbox' });
      const creation = `${path}?${new URLSearchParams({ secretKey: secret }).toString()}`;
      const created = await request({ url: creation, method: 'POST', headers: { ...ACCEPT, ...JSON_BODY }, body }, signal);
      const apiKey = memberOf(created, 'apiKey');
      if (typeof apiKey !== 'string') throw new ProviderError('its answer has no apiKey');
      const url = `${path}s?${new URLSearchParams({ apiKey }).toString()}`;
      return { servers: await request({ url, method: 'GET', headers: ACCEPT }, signal) };
    },
  };
}

/** A service that answers in the form of I2. @param secret sent as a bearer token, if there is one. */
export function urlApi(url: string, secret: string | undefined): ProviderApi {
  const headers = { ...ACCEPT, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
  return {
    name: 'url',
    async ask(_, request, signal) {
      const answer = await request({ url, method: 'GET', headers }, signal);
      return { servers: memberOf(answer, 'iceServers'), ttl: memberOf(answer, 'ttl') };
    },
  };
}
