import { cases, type CaseDraft } from '../case.ts';
import { assertMatch, assertThat } from '../assertions.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { NotTestable } from '../outcomes.ts';
import { createClientToken } from '../token.ts';
import { expectRejected, INVALID_TOKEN, TOKEN_EARLY, TOKEN_EXPIRED, tokenOf } from './access-refusals.ts';

const SETUP = 'required authentication';
const HOUR_SECONDS = 3_600;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A token that the server must reject, made from its secret. */
interface Rejected {
  readonly title: string;
  readonly msg: string;
  readonly token: (secret: string) => string;
}

const REJECTED: Readonly<Record<string, Rejected>> = {
  unsigned: { title: 'with "alg": "none"', msg: INVALID_TOKEN, token: (secret) => createClientToken(secret, {}, 'none') },
  'unsigned-capitals': {
    title: 'with "alg": "nOnE" and no signature',
    msg: INVALID_TOKEN,
    token: (secret) => unsigned(secret, 'nOnE'),
  },
  'other-secret': { title: 'of another secret', msg: INVALID_TOKEN, token: () => createClientToken('another secret') },
  'empty-secret': { title: 'of an empty secret', msg: INVALID_TOKEN, token: () => createClientToken('') },
  'no-signature': { title: 'without its signature', msg: INVALID_TOKEN, token: (secret) => unsigned(secret, 'HS256') },
  altered: {
    title: 'whose claims were changed after the signature',
    msg: INVALID_TOKEN,
    token: (secret) => {
      const [head, , signature] = createClientToken(secret, { sub: 'ann' }).split('.');
      return [head, createClientToken(secret, { sub: 'root' }).split('.')[1], signature].join('.');
    },
  },
  expired: {
    title: 'that has expired',
    msg: TOKEN_EXPIRED,
    token: (secret) => createClientToken(secret, { exp: secondsFromNow(-HOUR_SECONDS) }),
  },
  early: {
    title: 'that is not valid yet',
    msg: TOKEN_EARLY,
    token: (secret) => createClientToken(secret, { nbf: secondsFromNow(HOUR_SECONDS / 2) }),
  },
  'expired-other-secret': {
    title: 'that has expired, of another secret',
    msg: INVALID_TOKEN,
    token: () => createClientToken('another secret', { exp: secondsFromNow(-HOUR_SECONDS) }),
  },
  'no-expiry': {
    title: 'without an expiry',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { exp: undefined }),
  },
  'expiry-as-text': {
    title: 'whose expiry is a string',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { exp: String(secondsFromNow(HOUR_SECONDS)) }),
  },
  'early-as-text': {
    title: 'whose start is a string',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { nbf: '9999999999' }),
  },
  'other-audience': {
    title: 'for another audience',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { aud: 'another service' }),
  },
  'odd-claim': {
    title: 'with an unknown member of signalbox',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { signalbox: { ids: 'ann' } }),
  },
  'odd-id': {
    title: 'whose claim signalbox.id is a number',
    msg: INVALID_TOKEN,
    token: (secret) => createClientToken(secret, { signalbox: { id: 7 } }),
  },
};

/** A2, A11, A12: checks of a token, and where a client may put it. */
export const ACCESS_TOKEN_CASES = cases([
  ...Object.entries(REJECTED).map(([name, { title, msg, token }]): CaseDraft => ({
    id: `A2.${name}`,
    title: `a handshake with a token ${title}`,
    severity: 'hardening',
    expected: `an ERROR "${msg}", and the socket is closed`,
    setup: SETUP,
    run: (fixture) => expectRejected(fixture, { token: token(fixture.server.settings.auth_key ?? '') }, msg),
  })),
  {
    id: 'A2.audience-in-a-list',
    title: 'a handshake with a token for several audiences, with the default one among them',
    severity: 'required',
    expected: 'OPEN',
    setup: SETUP,
    async run(fixture) {
      await fixture.connect('ann', { token: tokenOf(fixture, { sub: 'ann', aud: ['another service', 'signalbox'] }) });
    },
  },
  {
    id: 'A2.header-first',
    title: 'a handshake with a valid token in Authorization and a random one in the query, then the other way round',
    severity: 'recommended',
    expected: 'OPEN, then an ERROR: the header takes precedence',
    setup: SETUP,
    async run(fixture) {
      const [valid, random] = [fixture.newToken(), uniqueName('random')];
      const head = (token: string): string => `authorization: Bearer ${token}`;
      const opened = await handshake(fixture, fixture.socketTarget({ token: random }), [head(valid)]);
      assertMatch('the response', opened, /OPEN/);
      assertMatch('the response', await handshake(fixture, fixture.socketTarget({ token: valid }), [head('a.b')]), /ERROR/);
    },
  },
  {
    id: 'A11.subprotocol',
    title: 'a handshake without a token in its query, with Sec-WebSocket-Protocol: signalbox, bearer.{token}',
    severity: 'recommended',
    expected: 'OPEN, and the subprotocol signalbox is granted: the token is never repeated',
    setup: SETUP,
    async run(fixture) {
      const token = fixture.newToken();
      const received = await handshake(fixture, targetWithoutToken(fixture), [
        `sec-websocket-protocol: signalbox, bearer.${token}`,
      ]);
      assertMatch('the response', received, /OPEN/);
      assertMatch('the response', received, /^sec-websocket-protocol: signalbox\r$/im);
      assertThat(!received.includes(token), 'the response includes the token');
    },
  },
  {
    id: 'A12.cookie',
    title: 'a handshake of a page of a listed origin, without a token in its query, with the cookie signalbox_token',
    severity: 'recommended',
    expected: 'OPEN',
    setup: SETUP,
    async run(fixture) {
      const lines = [`cookie: a=b; signalbox_token=${fixture.newToken()}`, `origin: ${listedOrigin(fixture)}`];
      assertMatch('the response', await handshake(fixture, targetWithoutToken(fixture), lines), /OPEN/);
    },
  },
  {
    id: 'A12.no-origin',
    title: 'a handshake with the cookie signalbox_token, without an Origin header',
    severity: 'hardening',
    expected: 'an ERROR: a cookie counts for pages of listed origins only',
    setup: SETUP,
    async run(fixture) {
      listedOrigin(fixture);
      const lines = [`cookie: signalbox_token=${fixture.newToken()}`];
      assertMatch('the response', await handshake(fixture, targetWithoutToken(fixture), lines), /ERROR/);
    },
  },
]);

/** @returns the head of the response, and the frames up to the first OPEN or ERROR. */
async function handshake(fixture: Fixture, target: string, more: readonly string[]): Promise<string> {
  const { host, port } = fixture.server;
  const lines = [`host: ${host}:${port}`, 'connection: Upgrade', 'upgrade: websocket', 'sec-websocket-version: 13', ...more];
  const wire = fixture.openRaw();
  wire.send([`GET ${target} HTTP/1.1`, ...lines, `sec-websocket-key: ${KEY}`, '', ''].join('\r\n'));
  return wire.waitFor(/"type":\s*"(OPEN|ERROR)"/);
}

function targetWithoutToken(fixture: Fixture): string {
  return fixture.socketTarget().replace(/&token=.*/, '');
}

/** @throws NotTestable */
function listedOrigin({ server }: Fixture): string {
  const [origin] = server.settings.cors ?? [];
  if (origin !== undefined && origin !== '*') return origin;
  throw new NotTestable('requires a list of allowed origins; configure it, then pass --cors');
}

/** A token whose header names the algorithm, and whose signature is empty. */
function unsigned(secret: string, algorithm: string): string {
  return createClientToken(secret, {}, algorithm).replace(/[^.]*$/, '');
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}
