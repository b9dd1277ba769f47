import { cases, type CaseDraft } from '../case.ts';
import { assertEqual } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { Dangerous, Inconclusive } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { createLegacyToken, createToken } from '../token.ts';
import { sleep } from '../waiting.ts';

const OTHER_SECRET = 'a secret that the server does not have';
const PAST_SECONDS = 1_000_000_000;
const ALL_TOPICS = { publish: ['*'], subscribe: ['*'] };

/** Tokens that every hub must reject. */
const INVALID_TOKENS: Readonly<Record<string, (hub: HubClient, secret: string) => string>> = {
  'no-token': () => '',
  'no-jwt': () => 'nonsense',
  'bad-signature': () => createToken(OTHER_SECRET, ALL_TOPICS),
  'algorithm-none': (_, secret) => createToken(secret, ALL_TOPICS, { algorithm: 'none' }),
  expired: (_, secret) => createToken(secret, ALL_TOPICS, { expires: PAST_SECONDS }),
};

/** Valid tokens whose claims do not include the topic. */
const INSUFFICIENT_CLAIMS = {
  'no-claim': {},
  'claim-of-nothing': { publish: [] },
  'claim-of-another': { publish: ['http://topics.example/another'] },
} as const;

/** MER7, MER10, MER12: tokens and cookies. */
export const MERCURE_TOKEN_CASES = cases([
  ...Object.entries(INVALID_TOKENS).flatMap(([name, tokenFor]): CaseDraft[] => [
    {
      id: `MER7.publish-${name}`,
      title: `an update is published with an invalid token: ${name}`,
      severity: 'required',
      expected: '401, and the update is not delivered',
      setup: 'hub with tokens',
      async run(fixture) {
        const hub = new HubClient(fixture);
        const topic = uniqueName('topic');
        const ann = await hub.openStream('ann', { topic });
        const token = tokenFor(hub, fixture.server.settings.mercure_publisher_key ?? '') || null;
        assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token })).status, 401);
        await hub.expectNothing(ann, topic);
      },
    },
    {
      id: `MER7.subscribe-${name}`,
      title: `a subscription with an invalid token: ${name}`,
      severity: 'required',
      expected: '401',
      setup: 'hub with tokens',
      async run(fixture) {
        const hub = new HubClient(fixture);
        const token = tokenFor(hub, fixture.server.settings.mercure_subscriber_key ?? '') || null;
        assertEqual('the status', (await hub.requestStream('ann', { topic: uniqueName('topic') }, { token })).status, 401);
      },
    },
  ]),
  ...Object.entries(INSUFFICIENT_CLAIMS).map(([name, claims]): CaseDraft => ({
    id: `MER7.${name}`,
    title: `an update is published with the mercure claim ${JSON.stringify(claims)}`,
    severity: 'required',
    expected: '403, and the update is not delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const token = hub.publisherToken(claims);
      assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token })).status, 403);
      await hub.expectNothing(ann, topic);
    },
  })),
  {
    id: 'MER7.claim-by-selector',
    title: 'an update is published with a claim that matches the topic by a template',
    severity: 'recommended',
    protocol: 'Mercure 0.x',
    expected: 'the update is delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = `http://topics.example/${uniqueName('topic')}`;
      const secret = fixture.server.settings.mercure_publisher_key ?? '';
      const token = createLegacyToken(secret, { publish: ['http://topics.example/{id}'] });
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, data: '1' }, { token });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  },
  {
    id: 'MER7.one-name-uncovered',
    title: 'an update is published on two topics, of which the claim includes one',
    severity: 'required',
    expected: '403',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const token = hub.publisherToken({ publish: [garden] });
      assertEqual('the status', (await hub.requestPublish({ topic: [garden, house], data: '1' }, { token })).status, 403);
    },
  },
  {
    id: 'MER7.private',
    title: 'a private update is published, then a public one',
    severity: 'required',
    expected: 'a subscriber whose claim includes the topic receives both, another one receives the public update only',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: hub.subscriberToken({ subscribe: [topic] }) });
      const bob = await hub.openStream('bob', { topic }, { token: hub.subscriberToken({ subscribe: [uniqueName('other')] }) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      await hub.publish({ topic, data: 'open' });
      assertEqual('frame received by Ann', [(await ann.receive()).data, (await ann.receive()).data], ['secret', 'open']);
      if ((await bob.receive()).data === 'secret') throw new Dangerous('Bob received a private update without a matching claim');
    },
  },
  {
    id: 'MER7.private-replayed',
    title: 'a private update is published; a subscriber without a matching claim resubscribes with an earlier event id',
    severity: 'required',
    expected: 'the private update is not replayed',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: 'first' });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      const token = hub.subscriberToken({ subscribe: [] });
      const bob = await hub.openStream('bob', { topic }, { token, headers: { 'last-event-id': first } });
      await hub.expectNoPrivateUpdate(bob, topic);
    },
  },
  ...Object.entries({
    cookie: (token: string) => ({ headers: { cookie: `a=b; mercureAuthorization=${token}` } }),
    query: (token: string) => ({ query: { authorization: token } }),
  }).map(([name, showing]): CaseDraft => ({
    id: `MER7.token-in-${name}`,
    title: `Ann sends her token in the ${name}`,
    severity: 'recommended',
    protocol: 'Mercure 0.x',
    expected: 'she receives private updates',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null, ...showing(hub.subscriberToken()) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      assertEqual('the data', (await ann.receive()).data, 'secret');
    },
  })),
  ...Object.entries({ 'foreign-page': 'https://evil.example', 'no-origin': undefined }).map(([name, origin]): CaseDraft => ({
    id: `MER7.cookie-of-${name}`,
    title: `${origin === undefined ? 'a client without an Origin header' : `a page of ${origin}`} publishes with the authorization cookie of a user`,
    severity: 'hardening',
    expected: '403, and the update is not delivered, which prevents cross-site request forgery',
    setup: 'hub with tokens',
    run: (fixture) => publishByCookie(fixture, origin, 403),
  })),
  {
    id: 'MER7.cookie-of-listed-page',
    title: 'a page of a listed origin publishes with the authorization cookie of a user',
    severity: 'recommended',
    expected: 'the update is delivered',
    setup: 'hub for listed origins',
    run: (fixture) => publishByCookie(fixture, fixture.server.settings.cors?.[0], 200),
  },
  {
    id: 'MER7.guest-hears',
    title: 'Ann subscribes without a token to a hub with anonymous subscribers',
    severity: 'required',
    expected: 'she receives public updates only',
    setup: 'hub with anonymous subscribers',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      await hub.publish({ topic, data: 'open' });
      const { data } = await ann.receive();
      if (data === 'secret') throw new Dangerous('Ann received a private update without a token');
      assertEqual('the data', data, 'open');
    },
  },
  {
    id: 'MER7.guest-is-silent',
    title: 'an update is published without a token to a hub with anonymous subscribers',
    severity: 'required',
    expected: '401',
    setup: 'hub with anonymous subscribers',
    async run(fixture) {
      assertEqual(
        'the status',
        (await new HubClient(fixture).requestPublish({ topic: uniqueName('topic'), data: '1' }, { token: null })).status,
        401,
      );
    },
  },
  {
    id: 'MER7.open',
    title: 'Ann subscribes and Bob publishes without a token to an open hub',
    severity: 'required',
    expected: 'she receives the update, also if it is private',
    setup: 'open hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null });
      await hub.publish({ topic, data: '1', private: 'on' }, { token: null });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  },
  {
    id: 'MER10.stream-of-foreign-page',
    title: 'a page of https://evil.example subscribes with the authorization cookie of a user',
    severity: 'hardening',
    expected: '403, because the page could read private updates of the user',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = { cookie: `mercureAuthorization=${hub.subscriberToken()}`, origin: 'https://evil.example' };
      const { status } = await hub.requestStream('ann', { topic: uniqueName('topic') }, { token: null, headers });
      assertEqual('the status', status, 403);
    },
  },
  {
    id: 'MER12.stream-ends',
    title: 'Ann subscribes with a token that expires soon',
    severity: 'required',
    expected: 'her stream ends when the token expires, and no later update is delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const expires = Math.ceil(Date.now() / 1_000) + 1;
      const token = createToken(fixture.server.settings.mercure_subscriber_key ?? '', { subscribe: ['*'] }, { expires });
      const ann = await hub.requestStream('ann', { topic }, { token });
      const late = Date.now() - expires * 1_000;
      if (late >= 0) throw new Inconclusive(`the response to the subscription came ${late} ms after the token had expired`);
      assertEqual('the status', ann.status, 200);
      await sleep(expires * 1_000 - Date.now() + CLOCK_SKEW_MS);
      await hub.publish({ topic, data: 'late', private: 'on' });
      await ann.waitForClose();
      if (ann.unread.length > 0) throw new Dangerous('Ann received an update after her token had expired');
    },
  },
]);

/** Tolerance for the clocks and timers of both sides. */
const CLOCK_SKEW_MS = 100;

async function publishByCookie(fixture: Fixture, origin: string | undefined, expected: number): Promise<void> {
  const hub = new HubClient(fixture);
  const topic = uniqueName('topic');
  const ann = await hub.openStream('ann', { topic });
  const headers = { cookie: `mercureAuthorization=${hub.publisherToken()}`, ...(origin === undefined ? {} : { origin }) };
  assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token: null, headers })).status, expected);
  if (expected === 200) assertEqual('the data', (await ann.receive()).data, '1');
  else await hub.expectNothing(ann, topic);
}
