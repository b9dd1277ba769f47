import { cases, type CaseDraft } from '../case.ts';
import { assertEqual } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { createToken } from '../token.ts';
import { sleep } from '../waiting.ts';

const OTHER_SECRET = 'a secret that the server does not know';
const PAST_SECONDS = 1_000_000_000;
const ALL_TOPICS = { publish: ['*'], subscribe: ['*'] };

/** Tokens that no hub may believe. */
const INVALID_TOKENS: Readonly<Record<string, (hub: HubClient, secret: string) => string>> = {
  'no-token': () => '',
  'no-jwt': () => 'nonsense',
  'bad-signature': () => createToken(OTHER_SECRET, ALL_TOPICS),
  'algorithm-none': (_, secret) => createToken(secret, ALL_TOPICS, { algorithm: 'none' }),
  expired: (_, secret) => createToken(secret, ALL_TOPICS, { expires: PAST_SECONDS }),
};

/** Tokens that hold, and do not cover the topic. */
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
      title: `somebody publishes with a token that is worth nothing: ${name}`,
      severity: 'required',
      expected: '401, and nobody hears it',
      setup: 'hub with tokens',
      async run(scene) {
        const hub = new HubClient(scene);
        const topic = uniqueName('topic');
        const ann = await hub.openStream('ann', { topic });
        const token = tokenFor(hub, scene.server.settings.mercure_publisher_key ?? '') || null;
        assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token })).status, 401);
        await hub.expectNothing(ann, topic);
      },
    },
    {
      id: `MER7.subscribe-${name}`,
      title: `somebody subscribes with a token that is worth nothing: ${name}`,
      severity: 'required',
      expected: '401',
      setup: 'hub with tokens',
      async run(scene) {
        const hub = new HubClient(scene);
        const token = tokenFor(hub, scene.server.settings.mercure_subscriber_key ?? '') || null;
        assertEqual('the status', (await hub.requestStream('ann', { topic: uniqueName('topic') }, { token })).status, 401);
      },
    },
  ]),
  ...Object.entries(INSUFFICIENT_CLAIMS).map(([name, claims]): CaseDraft => ({
    id: `MER7.${name}`,
    title: `somebody publishes whose token says ${JSON.stringify(claims)}`,
    severity: 'required',
    expected: '403, and nobody hears it',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic });
      const token = hub.publisherToken(claims);
      assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token })).status, 403);
      await hub.expectNothing(ann, topic);
    },
  })),
  {
    id: 'MER7.claim-by-selector',
    title: 'somebody publishes whose token covers the topic by a template',
    severity: 'required',
    expected: 'it is heard',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = `http://topics.example/${uniqueName('topic')}`;
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, data: '1' }, { token: hub.publisherToken({ publish: ['http://topics.example/{id}'] }) });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  },
  {
    id: 'MER7.one-name-uncovered',
    title: 'somebody publishes under two names, of which the token covers one',
    severity: 'required',
    expected: '403',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const token = hub.publisherToken({ publish: [garden] });
      assertEqual('the status', (await hub.requestPublish({ topic: [garden, house], data: '1' }, { token })).status, 403);
    },
  },
  {
    id: 'MER7.private',
    title: 'a private update is published, and then one that is not',
    severity: 'required',
    expected: 'who is covered hears both, who is not the second only',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: hub.subscriberToken({ subscribe: [topic] }) });
      const bob = await hub.openStream('bob', { topic }, { token: hub.subscriberToken({ subscribe: [uniqueName('other')] }) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      await hub.publish({ topic, data: 'open' });
      assertEqual('what Ann hears', [(await ann.receive()).data, (await ann.receive()).data], ['secret', 'open']);
      if ((await bob.receive()).data === 'secret') throw new Dangerous('Bob heard what is not meant for him');
    },
  },
  {
    id: 'MER7.private-replayed',
    title: 'somebody comes back who is not covered, and a private update was published meanwhile',
    severity: 'required',
    expected: 'it is not heard',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const first = await hub.publish({ topic, data: 'first' });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      const token = hub.subscriberToken({ subscribe: [] });
      const bob = await hub.openStream('bob', { topic }, { token, headers: { 'last-event-id': first } });
      if ((await hub.receiveUntilMarker(bob, topic)).length > 0) throw new Dangerous('Bob heard what is not meant for him');
    },
  },
  ...Object.entries({
    cookie: (token: string) => ({ headers: { cookie: `a=b; mercureAuthorization=${token}` } }),
    query: (token: string) => ({ query: { authorization: token } }),
  }).map(([name, showing]): CaseDraft => ({
    id: `MER7.token-in-${name}`,
    title: `Ann shows her token in the ${name}`,
    severity: 'required',
    expected: 'she hears what is private, too',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null, ...showing(hub.subscriberToken()) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      assertEqual('the data', (await ann.receive()).data, 'secret');
    },
  })),
  ...Object.entries({ 'foreign-page': 'https://evil.example', 'no-origin': undefined }).map(([name, origin]): CaseDraft => ({
    id: `MER7.cookie-of-${name}`,
    title: `${origin === undefined ? 'somebody who does not say from where' : `a page of ${origin}`} publishes with the cookie of a visitor`,
    severity: 'hardening',
    expected: '403, and nobody hears it',
    setup: 'hub with tokens',
    run: (scene) => publishByCookie(scene, origin, 403),
  })),
  {
    id: 'MER7.cookie-of-listed-page',
    title: 'a page of a listed origin publishes with the cookie of a visitor',
    severity: 'recommended',
    expected: 'it is heard',
    setup: 'hub for listed origins',
    run: (scene) => publishByCookie(scene, scene.server.settings.cors?.[0], 200),
  },
  {
    id: 'MER7.guest-hears',
    title: 'Ann subscribes without a token, where guests may',
    severity: 'required',
    expected: 'she hears what is not private, and that only',
    setup: 'hub with guests',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      await hub.publish({ topic, data: 'open' });
      const { data } = await ann.receive();
      if (data === 'secret') throw new Dangerous('Ann heard what is not meant for her');
      assertEqual('the data', data, 'open');
    },
  },
  {
    id: 'MER7.guest-is-silent',
    title: 'somebody publishes without a token, where guests may listen',
    severity: 'required',
    expected: '401',
    setup: 'hub with guests',
    async run(scene) {
      assertEqual(
        'the status',
        (await new HubClient(scene).requestPublish({ topic: uniqueName('topic'), data: '1' }, { token: null })).status,
        401,
      );
    },
  },
  {
    id: 'MER7.open',
    title: 'Ann subscribes and Bob publishes without a token, where everybody may',
    severity: 'required',
    expected: 'she hears it, private or not',
    setup: 'open hub',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: null });
      await hub.publish({ topic, data: '1', private: 'on' }, { token: null });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  },
  {
    id: 'MER10.stream-of-foreign-page',
    title: 'a page of https://evil.example subscribes with the cookie of a visitor',
    severity: 'hardening',
    expected: '403: the page may not read what is private to the visitor',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const headers = { cookie: `mercureAuthorization=${hub.subscriberToken()}`, origin: 'https://evil.example' };
      const { status } = await hub.requestStream('ann', { topic: uniqueName('topic') }, { token: null, headers });
      assertEqual('the status', status, 403);
    },
  },
  {
    id: 'MER12.stream-ends',
    title: 'Ann subscribes with a token that expires soon',
    severity: 'required',
    expected: 'her stream is ended, and nothing comes after the end of the token',
    setup: 'hub with tokens',
    async run(scene) {
      const hub = new HubClient(scene);
      const topic = uniqueName('topic');
      const expires = Math.ceil(Date.now() / 1_000) + 1;
      const token = createToken(scene.server.settings.mercure_subscriber_key ?? '', { subscribe: ['*'] }, { expires });
      const ann = await hub.openStream('ann', { topic }, { token });
      await sleep(expires * 1_000 - Date.now() + CLOCK_SKEW_MS);
      await hub.publish({ topic, data: 'late', private: 'on' });
      await ann.waitForClose();
      if (ann.unread.length > 0) throw new Dangerous('Ann received an update after her token had expired');
    },
  },
]);

/** How far apart the clocks of both sides, and their timers, may be. */
const CLOCK_SKEW_MS = 100;

async function publishByCookie(scene: Fixture, origin: string | undefined, expected: number): Promise<void> {
  const hub = new HubClient(scene);
  const topic = uniqueName('topic');
  const ann = await hub.openStream('ann', { topic });
  const headers = { cookie: `mercureAuthorization=${hub.publisherToken()}`, ...(origin === undefined ? {} : { origin }) };
  assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token: null, headers })).status, expected);
  if (expected === 200) assertEqual('the data', (await ann.receive()).data, '1');
  else await hub.expectNothing(ann, topic);
}
