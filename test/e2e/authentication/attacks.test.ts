import { createHmac, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';
import { createBroker } from '../../../src/composition/library.ts';
import {
  GRANTED,
  httpOutcome,
  peeroOutcome,
  peerjsOutcome,
  queryOf,
  relayOutcome,
  socketioOutcome,
} from '../../support/e2e/wires.ts';
import { jwkOf, OTHER_RSA, pemOf, RSA, SECRET } from '../../support/tokens.ts';

/* Forged and odd tokens on every wire of a broker that requires tokens. */

const NOW = Math.floor(Date.now() / 1000);
const PEM = pemOf(RSA.publicKey);
const OTHER_PEM = pemOf(OTHER_RSA.publicKey);
const CLAIMS = {
  ...{ sub: 'eve', aud: 'signalbox', exp: NOW + 600, signalbox: { discover: true } },
  mercure: { publish: ['*'], subscribe: ['*'] },
};

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** @param header and @param claims JSON text, or a value. */
function hmac(header: unknown, claims: unknown, secret: string | Buffer = SECRET, hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

function rsa(header: object, key = OTHER_RSA.privateKey): string {
  const text = `${encode({ alg: 'RS256', ...header })}.${encode(CLAIMS)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

const HS256 = { alg: 'HS256' };
const unsigned = (alg: unknown, signature = ''): string => `${encode({ alg })}.${encode(CLAIMS)}.${signature}`;
const withClaims = (claims: object): string => hmac(HS256, { ...CLAIMS, ...claims });
const GOOD = hmac(HS256, CLAIMS);
const [HEADER = '', PAYLOAD = '', SIGNATURE = ''] = GOOD.split('.');
const JWK = jwkOf(OTHER_RSA.publicKey);

const VALID: Readonly<Record<string, string>> = {
  'a shared secret': GOOD,
  'another algorithm of the shared secret': hmac({ alg: 'HS512' }, CLAIMS, SECRET, 'sha512'),
  'a private key': rsa({}, RSA.privateKey),
  'an audience in a list, and an expiry with a fraction': withClaims({ aud: ['x', 'signalbox'], exp: NOW + 600.5 }),
  'an expiry in the far future': withClaims({ exp: 1e15 }),
};

/** Tokens whose form, key, signature, issuer, audience or time is wrong. */
const INVALID: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', '', null, ['HS256'], 'HS256 ', 'hs256', 'RS256', 'ES256'].map((alg) => [
      `alg ${JSON.stringify(alg)} without a signature`,
      unsigned(alg),
    ]),
  ),
  'alg none with a signature': unsigned('none', SIGNATURE),
  'no alg': `${encode({ typ: 'JWT' })}.${PAYLOAD}.${SIGNATURE}`,
  'alg none, then HS256': `${encode('{"alg":"HS256","alg":"none"}')}.${PAYLOAD}.${SIGNATURE}`,
  ...Object.fromEntries(
    [
      PEM,
      PEM.trim(),
      `\n${PEM}`,
      `\uFEFF${PEM}`,
      `# key\n${PEM}`,
      PEM.replaceAll('\n', '\\n'),
      JSON.stringify(jwkOf(RSA.publicKey)),
    ].map((text, n) => [`HS256 with the text of the public key, ${n}`, hmac(HS256, CLAIMS, text)]),
  ),
  'HS256 with the DER of the public key': hmac(HS256, CLAIMS, RSA.publicKey.export({ type: 'spki', format: 'der' })),
  'HS256 with an empty secret': hmac(HS256, CLAIMS, ''),
  'HS256 with another secret': hmac(HS256, CLAIMS, `${SECRET}!`),
  'HS256 with another public key': hmac(HS256, CLAIMS, OTHER_PEM),
  'a foreign private key': rsa({}),
  'a key in the header': rsa({ jwk: JWK }),
  'URLs of keys in the header': rsa({ jku: 'http://127.0.0.1:9/', x5u: 'http://127.0.0.1:9/', x5c: ['AA=='] }),
  'a kid that is a path': hmac({ ...HS256, kid: '../../../../etc/hostname' }, CLAIMS, ''),
  'a critical extension': hmac({ ...HS256, crit: ['x'], x: 1 }, CLAIMS),
  'an empty list of critical extensions': hmac({ ...HS256, crit: [] }, CLAIMS),
  'a payload without base64': hmac({ ...HS256, b64: false, crit: ['b64'] }, CLAIMS),
  'a token inside of a token': hmac({ ...HS256, cty: 'JWT' }, GOOD),
  'a list of claims': hmac(HS256, [CLAIMS]),
  'claims that are null': hmac(HS256, null),
  'an encrypted token': `${GOOD}.AA.AA`,
  'a fourth part': `${GOOD}.${SIGNATURE}`,
  'the signature of other claims': `${HEADER}.${encode({ ...CLAIMS, sub: 'ann' })}.${SIGNATURE}`,
  'a signature with padding': `${GOOD}=`,
  'half of a signature': GOOD.slice(0, -20),
  'an issuer that is a list': withClaims({ iss: ['a'] }),
  'an issuer with a control character': withClaims({ iss: 'a\0b' }),
  ...Object.fromEntries(
    [String(NOW + 600), null, [NOW + 600], {}, true].map((exp) => [`exp ${JSON.stringify(exp)}`, withClaims({ exp })]),
  ),
  'exp 1e999': hmac(HS256, JSON.stringify(CLAIMS).replace(String(CLAIMS.exp), '1e999')),
  'no exp': hmac(HS256, { ...CLAIMS, exp: undefined }),
  'nbf as text': withClaims({ nbf: '1' }),
  ...Object.fromEntries(
    ['other', ['other'], [], {}, null, 'SIGNALBOX', [['signalbox']]].map((aud) => [
      `aud ${JSON.stringify(aud)}`,
      withClaims({ aud }),
    ]),
  ),
};

const AT_ANOTHER_TIME: Readonly<Record<string, readonly [token: string, text: string]>> = {
  'exp in the past': [withClaims({ exp: NOW - 60 }), 'Token expired'],
  'exp 0': [withClaims({ exp: 0 }), 'Token expired'],
  'a negative exp': [withClaims({ exp: -1e15 }), 'Token expired'],
  'two exp, the last one in the past': [
    hmac(HS256, `${JSON.stringify(CLAIMS).slice(0, -1)},"exp":${NOW - 60}}`),
    'Token expired',
  ],
  'nbf in the future': [withClaims({ nbf: NOW + 300 }), 'Token not valid yet: check the clocks'],
};

/** Claims of odd types. Mercure does not read them. */
const ODD_CLAIMS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [5, '', ['eve'], {}, 'x'.repeat(257), 'a\0b', null].map((sub) => [
      `sub ${JSON.stringify(sub).slice(0, 20)}`,
      withClaims({ sub }),
    ]),
  ),
  ...Object.fromEntries(
    [
      { id: 5 },
      { id: ['*a'] },
      { id: {} },
      { realm: 1 },
      { realm: [''] },
      { rate: '5' },
      { rate: -1 },
      { ice: 'no' },
      { ids: ['x'] },
      [],
      1,
    ].map((signalbox) => [`signalbox ${JSON.stringify(signalbox)}`, withClaims({ signalbox })]),
  ),
  'two sub, the last one odd': hmac(HS256, `${JSON.stringify(CLAIMS).slice(0, -1)},"sub":5}`),
};

type Wire = (port: number, token: string) => Promise<string>;

/** The wires whose refusals have a text. */
const TEXT_WIRES: Readonly<Record<string, Wire>> = {
  'the PeerJS socket': (port, query) => peerjsOutcome({ port }, { query }),
  'the PeerJS socket, by header': (port, header) => peerjsOutcome({ port }, { header, query: 'x' }),
  'the check route': (port, token) => httpOutcome(port, `/peerjs/check?${queryOf({ id: 'eve', token })}`, {}),
  Peero: (port, query) => peeroOutcome({ port }, { query }),
  'the relay': (port, query) => relayOutcome({ port }, { query }),
};

const STATUS_WIRES: Readonly<Record<string, Wire>> = {
  'the peer list': (port, token) => httpOutcome(port, `/peerjs/peers?${queryOf({ token })}`, {}),
  'the ICE route': (port, token) => httpOutcome(port, `/peerjs/ice?${queryOf({ id: 'eve', token })}`, {}),
};

const MERCURE_WIRES: Readonly<Record<string, Wire>> = {
  'a Mercure stream': (port, token) =>
    httpOutcome(port, `/.well-known/mercure?${queryOf({ topic: 'a', authorization: token })}`, {}),
  'a Mercure update': (port, token) =>
    httpOutcome(
      port,
      `/.well-known/mercure?${queryOf({ authorization: token })}`,
      {},
      new URLSearchParams({ topic: 'a', data: '1' }),
    ),
  'Socket.IO': (port, auth) => socketioOutcome({ port }, {}, { auth, transport: 'websocket' }),
};

const ALL_WIRES = { ...TEXT_WIRES, ...STATUS_WIRES, ...MERCURE_WIRES };

async function outcomesOf(wires: Readonly<Record<string, Wire>>, port: number, token: string): Promise<Record<string, string>> {
  const outcomes = Object.entries(wires).map(async ([name, ask]) => [name, await ask(port, token)] as const);
  return Object.fromEntries(await Promise.all(outcomes));
}

describe.each(['node', 'uws'] as const)('tokens on every wire, on %s', (transport) => {
  let broker: EmbeddedBroker;
  let port = 0;
  beforeAll(async () => {
    broker = createBroker({
      ...{ port: 0, host: '127.0.0.1', transport, log_level: 'silent', allow_discovery: true, stun: 'stun:stun.example.org' },
      ...{ auth: 'required', auth_key: [SECRET, PEM], auth_failures_per_minute: 0, ice_rate_limit: 0, http_rate_limit: 0 },
      dialects: ['peerjs', 'mercure', 'socketio', 'peero', 'relay'],
    });
    ({ port } = await broker.listen());
  });
  afterAll(() => broker.close());

  it.each(Object.entries(VALID))('A2: %s: granted', async (_, token) => {
    const outcomes = await outcomesOf(ALL_WIRES, port, token);
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(ALL_WIRES).map((name) => [name, GRANTED])));
  });

  it.each(Object.entries(INVALID))('A2, A6: %s: refused', async (_, token) => {
    const { 'the PeerJS socket': text, ...others } = await outcomesOf(ALL_WIRES, port, token);
    expect(['Invalid token', 'Authentication required']).toContain(text);
    expect(
      Object.entries(others).filter(([, outcome]) => !/^(401|4401 |Invalid token|Authentication required)/.test(outcome)),
    ).toEqual([]);
  });

  it.each(Object.entries(AT_ANOTHER_TIME))('A2, A6: %s: refused with its text', async (_, [token, text]) => {
    const { 'the PeerJS socket': first, ...others } = await outcomesOf(ALL_WIRES, port, token);
    expect(first).toBe(text);
    expect(Object.values(others).filter((outcome) => ![text, `4401 ${text}`, '401'].includes(outcome))).toEqual([]);
  });

  it.each(Object.entries(ODD_CLAIMS))('A2: %s: refused', async (_, token) => {
    const outcomes = await outcomesOf({ ...TEXT_WIRES, ...STATUS_WIRES }, port, token);
    expect(Object.values(outcomes).filter((outcome) => !/^(401|Invalid token|4401 Invalid token)$/.test(outcome))).toEqual([]);
  });
});
