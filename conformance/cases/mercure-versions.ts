import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { createAccessToken, createLegacyToken, inAnHour, topicDetail, type Detail } from '../token.ts';

const TOPICS = 'https://topics.example';
const CURRENT = 'Mercure 1.0';
const LEGACY = 'Mercure 0.x';

/** Tokens of the 1.0 form that allow publishing on a topic. */
const PUBLISHER_DETAILS = {
  exact: { details: (topic: string) => [topicDetail('publish', topic, 'exact')], name: 'the exact topic' },
  'no-match-type': { details: (topic: string) => [topicDetail('publish', topic)], name: 'the topic without a match_type' },
  'url-pattern': { details: () => [topicDetail('publish', `${TOPICS}/:id`, 'urlpattern')], name: 'a URL pattern' },
  'second-entry': {
    details: (topic: string) => [{ type: 'https://example.com/other' }, topicDetail('publish', topic)],
    name: 'a second entry, after one of another type',
  },
  'every-topic': {
    details: () => [topicDetail('publish', '*'), topicDetail('subscribe', '*')],
    name: 'every topic, in one entry for each action',
  },
} as const;

/** Tokens of the 1.0 form that do not allow publishing on the topic, although parts of them look as if they did. */
const INSUFFICIENT_DETAILS: Readonly<Record<string, (topic: string) => readonly unknown[]>> = {
  'other-action': (topic) => [topicDetail('subscribe', topic)],
  'other-topic': (topic) => [topicDetail('publish', `${topic}/other`)],
  'exact-template': () => [topicDetail('publish', `${TOPICS}/{id}`, 'exact')],
  'other-type': (topic) => [{ ...topicDetail('publish', topic), type: 'https://example.com/other' }],
  'no-topics': () => [{ ...topicDetail('publish', '*'), topics: undefined }],
  'no-actions': (topic) => [{ ...topicDetail('publish', topic), actions: undefined }],
  'unknown-match-type': () => [topicDetail('publish', '.*', 'regex')],
  'no-objects': (topic) => [topic, '*', null],
  empty: () => [],
};

/** MER2, MER6, MER7: the tokens, parameters and cookies of each version of the protocol. */
export const MERCURE_VERSION_CASES = cases([
  {
    id: 'MER2.unknown-match-parameter',
    title: 'Ann subscribes with match_regex=.*',
    severity: 'recommended',
    protocol: CURRENT,
    expected: '400, so that a new kind of selector is not mistaken for no selector',
    setup: 'hub',
    async run(fixture) {
      const topic = uniqueName('topic');
      const { status } = await new HubClient(fixture).requestStream('ann', { topic, match_regex: '.*' });
      assertEqual('the status', status, 400);
    },
  },
  {
    id: 'MER6.mixed-parameters',
    title: 'Ann subscribes with topic, match_exact and match_urlpattern; an update is published for each',
    severity: 'recommended',
    protocol: CURRENT,
    expected: 'she receives the three updates',
    setup: 'hub',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [one, two, three] = [uniqueName('one'), uniqueName('two'), uniqueName('three')];
      const selectors = { topic: one, match_exact: two, match_urlpattern: `${TOPICS}/${three}/:id` };
      const ann = await hub.openStream('ann', selectors);
      for (const topic of [one, two, `${TOPICS}/${three}/1`]) await hub.publish({ topic, data: topic });
      const received = (await ann.receiveMany(3)).map(({ data }) => data);
      assertEqual('the data', received, [one, two, `${TOPICS}/${three}/1`]);
    },
  },
  ...Object.entries(PUBLISHER_DETAILS).map(([name, { details, name: what }]): CaseDraft => ({
    id: `MER7.details-${name}`,
    title: `an update is published with authorization_details for ${what}`,
    severity: 'recommended',
    protocol: CURRENT,
    expected: 'the update is delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = `${TOPICS}/${uniqueName('topic')}`;
      const ann = await hub.openStream('ann', { topic });
      await hub.publish({ topic, data: '1' }, { token: publisherToken(fixture, details(topic)) });
      assertEqual('the data', (await ann.receive()).data, '1');
    },
  })),
  ...Object.entries(INSUFFICIENT_DETAILS).map(([name, details]): CaseDraft => ({
    id: `MER7.details-${name}`,
    title: `an update is published with authorization_details that do not allow it: ${name.replaceAll('-', ' ')}`,
    severity: 'required',
    expected: '401 or 403, and the update is not delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = `${TOPICS}/${uniqueName('topic')}`;
      await expectRefused(hub, topic, publisherToken(fixture, details(topic) as readonly Detail[]));
    },
  })),
  {
    id: 'MER7.details-without-expiry',
    title: 'an update is published with authorization_details and without exp',
    severity: 'required',
    expected: '401 or 403, because an access token must expire (RFC 9068)',
    setup: 'hub with tokens',
    async run(fixture) {
      const topic = uniqueName('topic');
      const secret = fixture.server.settings.mercure_publisher_key ?? '';
      await expectRefused(new HubClient(fixture), topic, createAccessToken(secret, [topicDetail('publish', topic)]));
    },
  },
  {
    id: 'MER7.details-private',
    title: 'Ann and Bob subscribe with authorization_details for this and for another topic; a private update is published',
    severity: 'recommended',
    protocol: CURRENT,
    expected: 'Ann receives it, Bob does not',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const [topic, other] = [uniqueName('topic'), uniqueName('other')];
      const ann = await hub.openStream('ann', { topic }, { token: subscriberToken(fixture, topic) });
      const bob = await hub.openStream('bob', { topic }, { token: subscriberToken(fixture, other) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      assertEqual('the data', (await ann.receive()).data, 'secret');
      await hub.expectNoPrivateUpdate(bob, topic);
    },
  },
  {
    id: 'MER7.token-in-secure-cookie',
    title: 'Ann sends her token in the cookie __Secure-mercure_access_token',
    severity: 'recommended',
    protocol: CURRENT,
    expected: 'she receives private updates',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const headers = { cookie: `a=b; __Secure-mercure_access_token=${subscriberToken(fixture, topic)}` };
      const ann = await hub.openStream('ann', { topic }, { token: null, headers });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      assertEqual('the data', (await ann.receive()).data, 'secret');
    },
  },
  {
    id: 'MER7.legacy-token',
    title: 'Ann subscribes and Bob publishes a private update, both with the claim mercure and without exp',
    severity: 'recommended',
    protocol: LEGACY,
    expected: 'she receives the update',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const { mercure_publisher_key: publisher = '', mercure_subscriber_key: subscriber = '' } = fixture.server.settings;
      const ann = await hub.openStream('ann', { topic }, { token: createLegacyToken(subscriber, { subscribe: [topic] }) });
      const token = createLegacyToken(publisher, { publish: [topic] });
      await hub.publish({ topic, data: 'secret', private: 'on' }, { token });
      assertEqual('the data', (await ann.receive()).data, 'secret');
    },
  },
]);

function publisherToken({ server: { settings } }: Fixture, details: readonly Detail[]): string {
  return createAccessToken(settings.mercure_publisher_key ?? '', details, inAnHour());
}

function subscriberToken({ server: { settings } }: Fixture, topic: string): string {
  return createAccessToken(settings.mercure_subscriber_key ?? '', [topicDetail('subscribe', topic)], inAnHour());
}

async function expectRefused(hub: HubClient, topic: string, token: string): Promise<void> {
  const ann = await hub.openStream('ann', { topic });
  const { status } = await hub.requestPublish({ topic, data: '1' }, { token });
  assertThat(status === 401 || status === 403, `the server answered with ${status}`);
  await hub.expectNothing(ann, topic);
}
