import { createHmac } from 'node:crypto';
import { cases } from '../case.ts';
import { assertEqual, assertMatch, assertThat } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';
import { Dangerous } from '../outcomes.ts';
import { askForIce, readIce, readTurn } from './ice-answers.ts';

const DAY_SECONDS = 86_400;

/** I7 to I9, I12: TURN credentials, and other forms of the list. */
export const ICE_CREDENTIAL_CASES = cases([
  {
    id: 'I7.signed',
    title: 'Ann connects; GET {path}{key}/ice with her id and token, on a server with a TURN secret',
    severity: 'required',
    expected: 'the credential is base64 of HMAC-SHA1 of the username; otherwise the TURN server rejects it',
    setup: 'TURN servers',
    async run(fixture) {
      const { username, credential } = readTurn(await askForIce(fixture, await fixture.connect('ann')));
      const secret = fixture.server.settings.turn_secret ?? '';
      assertEqual('the credential', credential, createHmac('sha1', secret).update(username).digest('base64'));
    },
  },
  {
    id: 'I7.expiry',
    title: 'Ann connects; GET {path}{key}/ice with her id and token, on a server with a TURN secret',
    severity: 'required',
    expected: 'the username begins with a time in the future, in seconds since 1970, at most a day away',
    setup: 'TURN servers',
    async run(fixture) {
      const { username } = readTurn(await askForIce(fixture, await fixture.connect('ann')));
      const left = Number(/^(\d+):/.exec(username)?.[1] ?? NaN) - Date.now() / 1_000;
      assertThat(left > 0 && left <= DAY_SECONDS + 60, `the username ${username} expires in ${Math.round(left)} s`);
    },
  },
  {
    id: 'I7.expires-with-the-answer',
    title: 'Ann connects; GET {path}{key}/ice with her id and token, on a server with a TURN secret',
    severity: 'required',
    expected: 'the credentials are valid for at least ttl seconds; otherwise a page keeps expired ones',
    setup: 'TURN servers',
    async run(fixture) {
      const response = await askForIce(fixture, await fixture.connect('ann'));
      const { turn, whole } = readIce(response);
      const left = Number(turn?.username?.split(':')[0]) - Date.now() / 1_000;
      assertThat(
        left >= Number(whole['ttl']) - 5,
        `ttl is ${String(whole['ttl'])}, but the username expires in ${Math.round(left)} s`,
      );
    },
  },
  {
    id: 'I7.plain-user',
    title: 'Ann connects with an id that has spaces and quotes; GET {path}{key}/ice with her id and token',
    severity: 'required',
    expected: 'the user part of the username has neither: coturn rejects them',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann', { id: uniqueName('a "b" c') });
      const { username } = readTurn(await askForIce(fixture, ann));
      assertMatch('the username', username, /^\d+:[\w.~+/=-]+$/);
    },
  },
  {
    id: 'I7.no-secret',
    title: 'Ann connects; GET {path}{key}/ice with her id and token',
    severity: 'hardening',
    expected: 'the username reveals neither: TURN servers log it, and send it without encryption',
    setup: 'TURN servers',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const { username } = readTurn(await askForIce(fixture, ann));
      if (username.includes(ann.token)) throw new Dangerous('the username contains the token');
      assertThat(!username.includes(ann.id), 'the username contains the id');
    },
  },
  {
    id: 'I7.own-user',
    title: 'Ann and Bob connect; each requests ICE servers twice',
    severity: 'recommended',
    expected: 'the user of a peer stays the same, and differs from that of the other: quotas of TURN servers count by user',
    setup: 'TURN servers',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const user = async (peer: { readonly id: string; readonly token: string }): Promise<string> =>
        readTurn(await askForIce(fixture, { id: peer.id, token: peer.token })).username.replace(/^\d+:/, '');
      const first = await user(ann);
      assertEqual('the second user of Ann', await user(ann), first);
      assertThat((await user(bob)) !== first, 'Ann and Bob have the same user');
    },
  },
  {
    id: 'I8.fixed',
    title: 'GET {path}{key}/ice, on a server with fixed TURN credentials',
    severity: 'required',
    expected: 'the configured user name and password',
    setup: 'fixed TURN credentials for everybody',
    async run(fixture) {
      const { username, credential } = readTurn(await askForIce(fixture, {}));
      const { turn_user, turn_password } = fixture.server.settings;
      assertEqual('the credentials', [username, credential], [turn_user, turn_password]);
    },
  },
  {
    id: 'I9.matrix',
    title: 'Ann connects; GET {path}{key}/ice?as=matrix with her id and token',
    severity: 'recommended',
    expected: 'username, password, the TURN URLs as uris, and ttl, as from a Matrix homeserver',
    setup: 'TURN servers',
    async run(fixture) {
      const { id, token } = await fixture.connect('ann');
      const { status, body } = await askForIce(fixture, { id, token, as: 'matrix' });
      assertEqual('the status', status, 200);
      const { username, password, uris, ttl } = JSON.parse(body) as Record<string, unknown>;
      assertEqual('the types', [typeof username, typeof password, typeof ttl], ['string', 'string', 'number']);
      assertEqual('the URLs', uris, fixture.server.settings.turn);
    },
  },
  {
    id: 'I9.without-turn',
    title: 'Ann connects; GET {path}{key}/ice?as=matrix with her id and token, on a server without TURN',
    severity: 'recommended',
    expected: '200, and {}',
    setup: 'pushed STUN servers',
    async run(fixture) {
      const ann = await fixture.openSocket('ann');
      while ((await ann.receive())['type'] !== 'OPEN');
      const { status, body } = await askForIce(fixture, { id: ann.id, token: ann.token, as: 'matrix' });
      assertEqual('status and body', [status, body], [200, '{}']);
    },
  },
  {
    id: 'I12.before-open',
    title: 'a handshake with a free id, on a server that pushes ICE servers',
    severity: 'recommended',
    expected: 'an ICE message with the list and its ttl, then OPEN: an OFFER may follow immediately',
    setup: 'pushed STUN servers',
    async run(fixture) {
      const ann = await fixture.openSocket('ann');
      const { type, payload } = await ann.receive();
      assertEqual('the type of the first frame', type, 'ICE');
      const { iceServers, ttl } = payload as { readonly iceServers?: unknown; readonly ttl?: unknown };
      assertEqual('the list', iceServers, [{ urls: fixture.server.settings.stun }]);
      assertEqual('the type of ttl', typeof ttl, 'number');
      assertEqual('the type of the second frame', (await ann.receive())['type'], 'OPEN');
    },
  },
]);
