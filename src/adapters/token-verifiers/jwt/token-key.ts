import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { Algorithm } from 'fast-jwt';
import { accepted, refused, type Result } from '../../../domain/result.ts';

/** A key that verifies tokens, and the signature algorithms that its kind allows. */
export interface TokenKey {
  /** A shared secret, or a public key as PEM. */
  readonly key: string;
  readonly algorithms: Algorithm[];
}

/** RFC 7518, 3.2: a shorter secret can be guessed offline from one token. */
export const MIN_SECRET_BYTES = 32;
/** RFC 7518, 3.3. */
const MIN_RSA_BITS = 2048;

const HMAC: Algorithm[] = ['HS256', 'HS384', 'HS512'];
const RSA: Algorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVES: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/**
 * MER11: determines the kind of a configured key from the form of its text. A text that may be public is never accepted as a
 * shared secret: a public key in any encoding, a URL, or a file name.
 * @returns the refusal for a key that is not usable; it contains no part of the text.
 */
export function readTokenKey(text: string): Result<TokenKey, string> {
  const trimmed = text.replaceAll('\uFEFF', '').trim();
  if (trimmed === '') return refused('empty');
  if (/BEGIN|-----/.test(trimmed)) return fromPem(trimmed);
  if (/^[[{"]/.test(trimmed)) return fromJwk(trimmed);
  if (isEncodedKey(trimmed)) return refused('a key without its BEGIN and END lines');
  if (/^(ssh-|ecdsa-|sk-)\S+ /.test(trimmed)) return refused('an SSH key');
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed)) return refused('a URL');
  if (/^[\w./~:\\-]+\.(pem|key|pub|crt|cer|der|jwk|jwks|json|txt)$/i.test(trimmed)) return refused('a file name');
  const { length } = Buffer.from(trimmed);
  if (length < MIN_SECRET_BYTES) return refused(`a shared secret of ${length} bytes`);
  return accepted({ key: text, algorithms: HMAC });
}

function fromPem(text: string): Result<TokenKey, string> {
  const lines = text.replaceAll('\\n', '\n');
  if (/private/i.test(lines)) return refused('a private key');
  const blocks = lines.match(/-----BEGIN [A-Z\d ]+-----[^-]*-----END [A-Z\d ]+-----/g) ?? [];
  if (blocks.length !== 1) return refused(blocks.length === 0 ? 'a PEM that is incomplete' : 'more than one PEM');
  return fromPublic(() => createPublicKey(blocks[0] ?? ''), 'a PEM that cannot be read');
}

function fromJwk(text: string): Result<TokenKey, string> {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return refused('a JWK that is not valid JSON');
  }
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return refused('JSON that is not a JWK');
  if ('keys' in jwk) return refused('a JWK set');
  return readJwk(jwk as Record<string, unknown>);
}

/** MER11, A10: reads a public key. A JWK is never a shared secret. */
export function readJwk(jwk: Readonly<Record<string, unknown>>): Result<TokenKey, string> {
  const { kty, d } = jwk;
  if (kty === 'oct') return refused('a symmetric JWK');
  if (d !== undefined) return refused('a private key');
  return fromPublic(() => createPublicKey({ key: jwk, format: 'jwk' }), 'a JWK of an unknown type');
}

function fromPublic(read: () => KeyObject, refusal: string): Result<TokenKey, string> {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    return refused(refusal);
  }
  const algorithms = algorithmsOf(key);
  if (typeof algorithms === 'string') return refused(algorithms);
  return accepted({ key: key.export({ type: 'spki', format: 'pem' }).toString(), algorithms });
}

/** @returns a text for a key that can't verify tokens. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): Algorithm[] | string {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  if (asymmetricKeyType === 'rsa') return modulusLength < MIN_RSA_BITS ? `an RSA key of ${modulusLength} bits` : RSA;
  if (asymmetricKeyType !== 'ec') return `a key of the type ${String(asymmetricKeyType)}`;
  const algorithm = CURVES[namedCurve];
  return algorithm === undefined ? `a key on the curve ${namedCurve}` : [algorithm];
}

const DER_KINDS = ['spki', 'pkcs1'] as const;

/** True for a whole PEM or JWK, or the body of a PEM, in base64 or hexadecimal. */
function isEncodedKey(text: string): boolean {
  const packed = text.replaceAll(/\s/g, '');
  if (!/^[\w+/-]+=*$/.test(packed)) return false;
  const forms = [Buffer.from(packed, 'base64'), ...(/^[\da-f]+$/i.test(packed) ? [Buffer.from(packed, 'hex')] : [])];
  return forms.some((bytes) => bytes.includes('BEGIN ') || bytes.includes('"kty"') || isDer(bytes));
}

/** The DER of a key or certificate is one SEQUENCE that fills the whole text. */
function isDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  if (DER_KINDS.some((type) => succeeds(() => createPublicKey({ key: bytes, format: 'der', type })))) return true;
  return succeeds(() => new X509Certificate(bytes)) || (bytes[1] === 0x82 && bytes.readUInt16BE(2) + 4 === bytes.length);
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
