import { cases } from '../case.ts';
import { assertEqual, assertMatch, assertThat } from '../assertions.ts';
import { HandshakeRefused } from '../client/peer-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { Dangerous, NotTestable } from '../outcomes.ts';
import { createClientToken } from '../token.ts';
import * as rejected from './access-refusals.ts';
import { expectRejected, openRejected, tokenOf } from './access-refusals.ts';
import { refusedWith, TAKEN } from './refusals.ts';

const SETUP = 'required authentication';

/** A1, A3, A4, A6, A8: the clients that may connect, their ids, and the rejection of others. */
export const ACCESS_CASES = cases([
  {
    id: 'A1.token',
    title: 'Ann and Bob connect with valid tokens, and Ann sends Bob an OFFER',
    severity: 'required',
    expected: 'OPEN for both, and Bob receives the OFFER',
    setup: SETUP,
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'hello');
      assertEqual('the payload', (await bob.receive())['payload'], 'hello');
    },
  },
  {
    id: 'A1.no-token',
    title: 'a handshake with a random token, as the PeerJS client generates it, on a server that requires authentication',
    severity: 'hardening',
    expected: `an ERROR "${rejected.AUTHENTICATION_REQUIRED}", and the socket is closed`,
    setup: SETUP,
    run: (fixture) => expectRejected(fixture, { token: uniqueName('random') }, rejected.AUTHENTICATION_REQUIRED),
  },
  {
    id: 'A1.guest',
    title: 'Ann connects with a random token, and Bob with a valid one, on a server with optional authentication',
    severity: 'required',
    expected: 'OPEN for both, and messages are relayed',
    setup: 'optional authentication',
    async run(fixture) {
      const [ann, bob] = [
        await fixture.connect('ann'),
        await fixture.connect('bob', { token: tokenOf(fixture, { sub: 'bob' }) }),
      ];
      ann.sendOffer(bob.id, 'hello');
      assertEqual('the payload', (await bob.receive())['payload'], 'hello');
    },
  },
  {
    id: 'A1.guest-with-invalid-token',
    title: 'a handshake with a token of another secret, on a server with optional authentication',
    severity: 'hardening',
    expected: `an ERROR "${rejected.INVALID_TOKEN}": such a client is no guest`,
    setup: 'optional authentication',
    run: (fixture) => expectRejected(fixture, { token: createClientToken('another secret') }, rejected.INVALID_TOKEN),
  },
  {
    id: 'A3.id-of-the-token',
    title: 'a handshake with an id that the token allows, then one with another id',
    severity: 'hardening',
    expected: 'OPEN for the first; for the second an ERROR that names the id',
    setup: SETUP,
    async run(fixture) {
      const id = uniqueName('ann');
      const token = tokenOf(fixture, { signalbox: { id } });
      await fixture.connect('ann', { id, token });
      return expectRejected(fixture, { id: `${id}-2`, token }, `This token is not for the id ${id}-2`);
    },
  },
  {
    id: 'A3.ids-by-prefix',
    title: 'a handshake with an id that begins with the prefix before * in the token, then one that begins in another way',
    severity: 'hardening',
    expected: 'OPEN for the first; for the second an ERROR that names the id',
    setup: SETUP,
    async run(fixture) {
      const name = uniqueName('team');
      const token = tokenOf(fixture, { signalbox: { id: ['other', `${name}-*`] } });
      await fixture.connect('ann', { id: `${name}-7`, token });
      return expectRejected(fixture, { id: `x${name}-7`, token }, `This token is not for the id x${name}-7`);
    },
  },
  {
    id: 'A3.key-of-the-token',
    title: 'a handshake with a token for another key',
    severity: 'hardening',
    expected: `an ERROR "${rejected.OTHER_KEY}"`,
    setup: SETUP,
    run: (fixture) =>
      expectRejected(fixture, { token: tokenOf(fixture, { signalbox: { realm: 'another-key' } }) }, rejected.OTHER_KEY),
  },
  {
    id: 'A4.same-subject',
    title: 'Ann connects, then connects again with a fresh token of the same subject',
    severity: 'required',
    expected: 'OPEN, because the id belongs to the subject',
    setup: SETUP,
    async run(fixture) {
      const [id, sub] = [uniqueName('ann'), uniqueName('subject')];
      await fixture.connect('ann', { id, token: tokenOf(fixture, { sub, jti: '1' }) });
      await fixture.connect('ann-again', { id, token: tokenOf(fixture, { sub, jti: '2' }) });
    },
  },
  {
    id: 'A4.other-subject',
    title: 'Ann connects, then another subject requests her id',
    severity: 'hardening',
    expected: 'ID-TAKEN, and Ann stays connected',
    setup: SETUP,
    async run(fixture) {
      const ann = await fixture.connect('ann', { token: tokenOf(fixture, { sub: uniqueName('ann') }) });
      const thief = await openRejected(fixture, { id: ann.id, token: tokenOf(fixture, { sub: uniqueName('thief') }) });
      const first = await thief.receive();
      if (first['type'] === 'OPEN') throw new Dangerous('another subject took the id over');
      assertThat(ann.isOpen, 'Ann was disconnected');
      return refusedWith(first, TAKEN);
    },
  },
  {
    id: 'A6.opens-first',
    title: 'a handshake with a random token',
    severity: 'required',
    expected: 'the handshake succeeds: browsers hide the reason of a refused one from the page',
    setup: SETUP,
    async run(fixture) {
      const socket = await openRejected(fixture, { token: uniqueName('random') });
      assertEqual('the type of the first frame', (await socket.receive())['type'], 'ERROR');
      await socket.waitForClose();
      assertEqual('the frames after the ERROR', socket.unread, []);
    },
  },
  {
    id: 'A6.code',
    title: 'a handshake with a random token',
    severity: 'recommended',
    expected: 'the socket is closed with 1008',
    setup: SETUP,
    async run(fixture) {
      const socket = await openRejected(fixture, { token: uniqueName('random') });
      assertEqual('the close code', (await socket.waitForClose()).code, 1008);
    },
  },
  {
    id: 'A6.list',
    title: 'GET {path}{key}/peers without a token while Ann is connected, with discovery and required authentication',
    severity: 'hardening',
    expected: '401, and the response does not include the id of Ann',
    setup: SETUP,
    async run(fixture) {
      requireDiscovery(fixture);
      const ann = await fixture.connect('ann');
      const { status, body } = await fixture.request(`${fixture.server.key}/peers`);
      if (body.includes(ann.id)) throw new Dangerous('the list of peers needs no token');
      assertEqual('the status', status, 401);
    },
  },
  {
    id: 'A6.challenge',
    title: 'GET {path}{key}/peers without a token',
    severity: 'recommended',
    expected: 'www-authenticate names the scheme Bearer',
    setup: SETUP,
    async run(fixture) {
      requireDiscovery(fixture);
      const { headers } = await fixture.request(`${fixture.server.key}/peers`);
      assertMatch('www-authenticate', headers['www-authenticate'], /^Bearer\b/);
    },
  },
  {
    id: 'A6.list-with-token',
    title: 'GET {path}{key}/peers with a token that allows to list peers, then with one that does not',
    severity: 'hardening',
    expected: '200 and the id of Ann, then 403',
    setup: SETUP,
    async run(fixture) {
      requireDiscovery(fixture);
      const ann = await fixture.connect('ann');
      const list = (signalbox: object): ReturnType<Fixture['request']> =>
        fixture.request(`${fixture.server.key}/peers`, {
          headers: { authorization: `Bearer ${tokenOf(fixture, { sub: 'reader', signalbox })}` },
        });
      const { body } = await list({ discover: true });
      assertThat(body.includes(ann.id), 'a token with the claim discover receives no list');
      assertEqual('the status without the claim', (await list({})).status, 403);
    },
  },
  {
    id: 'A8.limit',
    title: 'more handshakes with invalid tokens than a client address may have within a minute, then one with a valid token',
    severity: 'hardening',
    expected: 'the last handshake is refused with 429: tokens cannot be guessed',
    setup: 'few failed authentications',
    pace: 'alone',
    async run(fixture) {
      const status = async (token: string): Promise<number> => {
        try {
          await (await fixture.openSocket('guesser', { token })).waitForClose();
          return 101;
        } catch (error) {
          if (error instanceof HandshakeRefused) return error.status;
          throw error;
        }
      };
      const limit = fixture.setting('auth_failures_per_minute');
      assertEqual('the first attempt', await status(createClientToken('a guess')), 101);
      for (let n = 0; n <= limit; n++) await status(createClientToken(`guess ${n}`));
      assertEqual('the status after the limit', await fixture.handshakeStatus({ token: tokenOf(fixture, { sub: 'ann' }) }), 429);
    },
  },
]);

function requireDiscovery({ server }: Fixture): void {
  if (server.settings.allow_discovery === true) return;
  throw new NotTestable('requires a server with discovery; enable it, then pass --allow-discovery');
}
