import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMatch, assertThat } from '../assertions.ts';
import { HubClient } from '../hub-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { createToken } from '../token.ts';

const ALL_TOPICS = { publish: ['*'], subscribe: ['*'] };
/** In seconds. */
const LATER = 600;

/** Values of the field `private`; its presence makes an update private. */
const PRIVATE_VALUES = { 'empty-value': '', 'value-false': 'false', 'value-off': 'off', 'value-zero': '0' } as const;

/** Origins that a sloppy comparison takes for the listed one. */
const NEAR_MISSES: Readonly<Record<string, (listed: string) => string>> = {
  'longer-host': (listed) => `${listed}.evil.example`,
  'other-start': (listed) => listed.replace('://', '://evil-'),
  'sub-domain': (listed) => listed.replace('://', '://sub.'),
  'other-scheme': (listed) =>
    listed.startsWith('https:') ? listed.replace('https:', 'http:') : listed.replace('http:', 'https:'),
  'other-port': (listed) => `${listed.replace(/:\d+$/, '')}:8443`,
  null: () => 'null',
};

/** MER7, MER8, MER10, MER12: how a token is sent, from which page, and when it is valid. */
export const MERCURE_CREDENTIAL_CASES = cases([
  {
    id: 'MER7.challenge',
    title: 'an update is published without a token',
    severity: 'recommended',
    expected: '401 with WWW-Authenticate: Bearer (RFC 6750)',
    setup: 'hub with tokens',
    async run(fixture) {
      const update = { topic: uniqueName('topic'), data: '1' };
      const { headers } = await new HubClient(fixture).requestPublish(update, { token: null });
      assertMatch('www-authenticate', headers['www-authenticate'], /^Bearer\b/i);
    },
  },
  {
    id: 'MER7.scheme-in-lower-case',
    title: 'an update is published with authorization: bearer …',
    severity: 'recommended',
    expected: '200, because the names of schemes ignore case (RFC 9110)',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const headers = { authorization: `bearer ${hub.publisherToken()}` };
      const update = { topic: uniqueName('topic'), data: '1' };
      assertEqual('the status', (await hub.requestPublish(update, { token: null, headers })).status, 200);
    },
  },
  {
    id: 'MER7.two-tokens',
    title: 'an update is published with two tokens in one Authorization header',
    severity: 'recommended',
    expected: '400',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const token = `${hub.publisherToken()} ${hub.publisherToken()}`;
      assertEqual('the status', (await hub.requestPublish({ topic: uniqueName('topic') }, { token })).status, 400);
    },
  },
  {
    id: 'MER7.header-before-cookie',
    title: 'an update is published with a valid token in the header and an invalid one in the cookie',
    severity: 'required',
    expected: '200: the header applies',
    setup: 'hub with tokens',
    async run(fixture) {
      const headers = { cookie: 'mercureAuthorization=nonsense; __Secure-mercure_access_token=nonsense' };
      const update = { topic: uniqueName('topic'), data: '1' };
      assertEqual('the status', (await new HubClient(fixture).requestPublish(update, { headers })).status, 200);
    },
  },
  {
    id: 'MER7.publish-with-subscriber-key',
    title: 'an update is published with a token that is signed with the subscriber key',
    severity: 'required',
    expected: '401, and the update is not delivered',
    setup: 'hub with two keys',
    async run(fixture) {
      const token = createToken(fixture.server.settings.mercure_subscriber_key ?? '', ALL_TOPICS);
      await expectUnauthorized(fixture, token);
    },
  },
  {
    id: 'MER7.subscribe-with-publisher-key',
    title: 'a subscription with a token that is signed with the publisher key',
    severity: 'required',
    expected: '401',
    setup: 'hub with two keys',
    async run(fixture) {
      const token = createToken(fixture.server.settings.mercure_publisher_key ?? '', ALL_TOPICS);
      const stream = await new HubClient(fixture).requestStream('ann', { topic: uniqueName('topic') }, { token });
      assertEqual('the status', stream.status, 401);
    },
  },
  {
    id: 'MER7.private-publish-claim',
    title: 'Ann subscribes with a token that allows publishing on the topic only; a private update is published',
    severity: 'required',
    expected: 'she does not receive it',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const ann = await hub.openStream('ann', { topic }, { token: hub.subscriberToken({ publish: [topic, '*'] }) });
      await hub.publish({ topic, data: 'secret', private: 'on' });
      await hub.expectNoPrivateUpdate(ann, topic);
    },
  },
  ...Object.entries(PRIVATE_VALUES).map(([name, value]): CaseDraft => ({
    id: `MER7.private-${name}`,
    title: `an update with private=${value} is published`,
    severity: 'required',
    expected: 'only subscribers with a matching claim receive it: the presence of the field counts',
    setup: 'hub with tokens',
    async run(fixture) {
      const hub = new HubClient(fixture);
      const topic = uniqueName('topic');
      const token = hub.subscriberToken({ subscribe: [uniqueName('other')] });
      const bob = await hub.openStream('bob', { topic }, { token });
      await hub.publish({ topic, data: 'secret', private: value });
      await hub.expectNoPrivateUpdate(bob, topic);
    },
  })),
  {
    id: 'MER8.vary',
    title: 'a page of a listed origin subscribes',
    severity: 'recommended',
    expected: 'Vary includes Origin, so that no cache serves the response to another page',
    setup: 'hub for listed origins',
    async run(fixture) {
      const headers = { origin: listedOrigin(fixture) };
      const stream = await new HubClient(fixture).openStream('ann', { topic: uniqueName('topic') }, { headers });
      assertMatch('vary', stream.headers.vary, /\borigin\b/i);
    },
  },
  ...Object.entries(NEAR_MISSES).flatMap(([name, originFor]): CaseDraft[] => [
    {
      id: `MER8.stranger-${name}`,
      title: `a page subscribes whose origin resembles the listed one: ${name.replaceAll('-', ' ')}`,
      severity: 'required',
      expected: 'Access-Control-Allow-Origin does not allow the origin',
      setup: 'hub for listed origins',
      async run(fixture) {
        const origin = originFor(listedOrigin(fixture));
        const topic = uniqueName('topic');
        const stream = await new HubClient(fixture).requestStream('ann', { topic }, { headers: { origin } });
        const allowed = stream.headers['access-control-allow-origin'];
        assertThat(allowed !== origin && allowed !== '*', `Access-Control-Allow-Origin is ${allowed} for ${origin}`);
      },
    },
    {
      id: `MER10.cookie-of-${name}`,
      title: `a page publishes with a cookie, whose origin resembles the listed one: ${name.replaceAll('-', ' ')}`,
      severity: 'hardening',
      expected: '403',
      setup: 'hub for listed origins',
      async run(fixture) {
        const hub = new HubClient(fixture);
        const origin = originFor(listedOrigin(fixture));
        const headers = { origin, cookie: `mercureAuthorization=${hub.publisherToken()}` };
        const update = { topic: uniqueName('topic'), data: '1' };
        assertEqual('the status', (await hub.requestPublish(update, { token: null, headers })).status, 403);
      },
    },
  ]),
  {
    id: 'MER12.not-before',
    title: 'an update is published with a token that is not valid yet (nbf)',
    severity: 'required',
    expected: '401, and the update is not delivered',
    setup: 'hub with tokens',
    async run(fixture) {
      const notBefore = Math.floor(Date.now() / 1_000) + LATER;
      const secret = fixture.server.settings.mercure_publisher_key ?? '';
      await expectUnauthorized(fixture, createToken(secret, ALL_TOPICS, { notBefore, expires: notBefore + LATER }));
    },
  },
  ...Object.entries({ text: 'soon', null: null, list: [] }).map(([name, expires]): CaseDraft => ({
    id: `MER12.expiry-${name}`,
    title: `an update is published with a token whose exp is ${JSON.stringify(expires)}`,
    severity: 'hardening',
    expected: '401, because the token would never expire',
    setup: 'hub with tokens',
    async run(fixture) {
      const secret = fixture.server.settings.mercure_publisher_key ?? '';
      await expectUnauthorized(fixture, createToken(secret, ALL_TOPICS, { expires }));
    },
  })),
]);

function listedOrigin({ server: { settings } }: Fixture): string {
  return settings.cors?.[0] ?? '';
}

async function expectUnauthorized(fixture: Fixture, token: string): Promise<void> {
  const hub = new HubClient(fixture);
  const topic = uniqueName('topic');
  const ann = await hub.openStream('ann', { topic });
  assertEqual('the status', (await hub.requestPublish({ topic, data: '1' }, { token })).status, 401);
  await hub.expectNothing(ann, topic);
}
