import { createHmac } from 'node:crypto';

/** The topic selectors of a token. */
export interface Claims {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

/** Options for creating a token; the defaults are valid. */
interface TokenOptions {
  readonly algorithm?: 'HS256' | 'none';
  /** Expiry time, in seconds since 1970. */
  readonly expires?: number;
}

/** MER7: a JSON Web Token with the claim `mercure`. */
export function createToken(secret: string, mercure: Claims, { algorithm = 'HS256', expires }: TokenOptions = {}): string {
  const parts = [
    { alg: algorithm, typ: 'JWT' },
    { mercure, ...(expires === undefined ? {} : { exp: expires }) },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  const signature = algorithm === 'none' ? '' : createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${signature}`;
}
