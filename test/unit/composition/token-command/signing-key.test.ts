import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { readSigningKey } from '../../../../src/composition/token-command/signing-key.ts';
import { EC, ED, pemOf, RSA, SECRET } from '../../../support/tokens.ts';

const pem = (key: typeof RSA.privateKey): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const EC521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;

it.each([
  ['HS256', ` ${SECRET}\n`],
  ['RS256', pem(RSA.privateKey)],
  ['RS256', `\n${pem(RSA.privateKey).replaceAll('\n', '\\n')}`],
  ['ES256', pem(EC.privateKey)],
  ['ES512', EC521.export({ type: 'sec1', format: 'pem' }).toString()],
  ['EdDSA', pem(ED.privateKey)],
])('A2: signs with %s', (algorithm, text) => expect(readSigningKey(text)).toMatchObject({ ok: true, value: { algorithm } }));

it.each([
  ['short', 'a shared secret of 5 bytes'],
  [pemOf(RSA.publicKey), 'a public key, which verifies tokens; sign them with the private key'],
  ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'a private key that can not be read, or is encrypted'],
  [
    generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'a private key of the type x25519',
  ],
])('A2: refuses %j', (text, refusal) => expect(readSigningKey(text)).toEqual({ ok: false, refusal }));
