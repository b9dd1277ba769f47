import { BackendAuthorizer, type BackendParts, type BackendSettings } from '../shared/backend-authorizer.ts';
import type { AuthorizeRequest } from '../shared/backend-types.ts';
import { postJson, type PostJson } from './post-json.ts';
import { signatureOf } from './signature.ts';

export interface WebhookSettings extends BackendSettings {
  readonly url: string;
  /** The key of the signature; undefined for requests without one. */
  readonly secret: string | undefined;
  /** A header of each request. */
  readonly header: readonly [name: string, value: string] | undefined;
}

/** A9: asks the backend of the operator by HTTP. */
export class WebhookAuthorizer extends BackendAuthorizer {
  constructor({ url, secret, header, ...settings }: WebhookSettings, parts: BackendParts, post: PostJson = postJson) {
    const ask = (request: AuthorizeRequest, signal: AbortSignal): Promise<unknown> => {
      const body = JSON.stringify(request);
      const headers = new Headers(FIXED_HEADERS);
      if (header !== undefined) headers.set(...header);
      if (secret !== undefined) headers.set('signalbox-signature', signatureOf(body, secret, parts.unixTime()));
      return post({ url, headers, body }, signal);
    };
    super({ name: 'webhook', ask }, settings, parts);
  }
}

const FIXED_HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'signalbox' };
