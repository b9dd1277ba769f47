import { cases, type CaseDraft } from '../case.ts';
import { equals } from '../claims.ts';
import { Hub } from '../hub.ts';
import { Dangerous } from '../outcomes.ts';
import { fresh, type Scene } from '../scene.ts';
import { tokenOf } from '../token.ts';
import { elapsed } from '../waiting.ts';

const OTHER_SECRET = 'a secret that the server does not know';
const LONG_AGO = 1_000_000_000;
const ALL = { publish: ['*'], subscribe: ['*'] };

/** Tokens that no hub may believe. */
const WORTHLESS: Readonly<Record<string, (hub: Hub, secret: string) => string>> = {
  'no-token': () => '',
  'no-jwt': () => 'nonsense',
  'bad-signature': () => tokenOf(OTHER_SECRET, ALL),
  'algorithm-none': (_, secret) => tokenOf(secret, ALL, { algorithm: 'none' }),
  expired: (_, secret) => tokenOf(secret, ALL, { expires: LONG_AGO }),
};

/** Tokens that hold, and do not cover the topic. */
const TOO_NARROW = {
  'no-claim': {},
  'claim-of-nothing': { publish: [] },
  'claim-of-another': { publish: ['http://topics.example/another'] },
} as const;

/** MER7, MER10, MER12: tokens and cookies. */
export const MERCURE_TOKEN_CASES = cases([
  ...Object.entries(WORTHLESS).flatMap(([name, tokenFor]): CaseDraft[] => [
    {
      id: `MER7.publish-${name}`,
      title: `somebody publishes with a token that is worth nothing: ${name}`,
      severity: 'required',
      expected: '401, and nobody hears it',
      needs: 'hub with tokens',
      async run(scene) {
        const hub = new Hub(scene);
        const topic = fresh('topic');
        const ann = await hub.listens('ann', { topic });
        const token = tokenFor(hub, scene.server.settings.mercure_publisher_key ?? '') || null;
        equals('the status', (await hub.asksToPublish({ topic, data: '1' }, { token })).status, 401);
        await hub.hearsNothing(ann, topic);
      },
    },
    {
      id: `MER7.subscribe-${name}`,
      title: `somebody subscribes with a token that is worth nothing: ${name}`,
      severity: 'required',
      expected: '401',
      needs: 'hub with tokens',
      async run(scene) {
        const hub = new Hub(scene);
        const token = tokenFor(hub, scene.server.settings.mercure_subscriber_key ?? '') || null;
        equals('the status', (await hub.asksToListen('ann', { topic: fresh('topic') }, { token })).status, 401);
      },
    },
  ]),
  ...Object.entries(TOO_NARROW).map(([name, claims]): CaseDraft => ({
    id: `MER7.${name}`,
    title: `somebody publishes whose token says ${JSON.stringify(claims)}`,
    severity: 'required',
    expected: '403, and nobody hears it',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic });
      const token = hub.publisherToken(claims);
      equals('the status', (await hub.asksToPublish({ topic, data: '1' }, { token })).status, 403);
      await hub.hearsNothing(ann, topic);
    },
  })),
  {
    id: 'MER7.claim-by-selector',
    title: 'somebody publishes whose token covers the topic by a template',
    severity: 'required',
    expected: 'it is heard',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = `http://topics.example/${fresh('topic')}`;
      const ann = await hub.listens('ann', { topic });
      await hub.publishes({ topic, data: '1' }, { token: hub.publisherToken({ publish: ['http://topics.example/{id}'] }) });
      equals('the data', (await ann.hears()).data, '1');
    },
  },
  {
    id: 'MER7.one-name-uncovered',
    title: 'somebody publishes under two names, of which the token covers one',
    severity: 'required',
    expected: '403',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const [garden, house] = [fresh('garden'), fresh('house')];
      const token = hub.publisherToken({ publish: [garden] });
      equals('the status', (await hub.asksToPublish({ topic: [garden, house], data: '1' }, { token })).status, 403);
    },
  },
  {
    id: 'MER7.private',
    title: 'a private update is published, and then one that is not',
    severity: 'required',
    expected: 'who is covered hears both, who is not the second only',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic }, { token: hub.subscriberToken({ subscribe: [topic] }) });
      const bob = await hub.listens('bob', { topic }, { token: hub.subscriberToken({ subscribe: [fresh('other')] }) });
      await hub.publishes({ topic, data: 'secret', private: 'on' });
      await hub.publishes({ topic, data: 'open' });
      equals('what Ann hears', [(await ann.hears()).data, (await ann.hears()).data], ['secret', 'open']);
      if ((await bob.hears()).data === 'secret') throw new Dangerous('Bob heard what is not meant for him');
    },
  },
  {
    id: 'MER7.private-replayed',
    title: 'somebody comes back who is not covered, and a private update was published meanwhile',
    severity: 'required',
    expected: 'it is not heard',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const first = await hub.publishes({ topic, data: 'first' });
      await hub.publishes({ topic, data: 'secret', private: 'on' });
      const token = hub.subscriberToken({ subscribe: [] });
      const bob = await hub.listens('bob', { topic }, { token, headers: { 'last-event-id': first } });
      if ((await hub.hearsBefore(bob, topic)).length > 0) throw new Dangerous('Bob heard what is not meant for him');
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
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic }, { token: null, ...showing(hub.subscriberToken()) });
      await hub.publishes({ topic, data: 'secret', private: 'on' });
      equals('the data', (await ann.hears()).data, 'secret');
    },
  })),
  ...Object.entries({ 'foreign-page': 'https://evil.example', 'no-origin': undefined }).map(([name, origin]): CaseDraft => ({
    id: `MER7.cookie-of-${name}`,
    title: `${origin === undefined ? 'somebody who does not say from where' : `a page of ${origin}`} publishes with the cookie of a visitor`,
    severity: 'hardening',
    expected: '403, and nobody hears it',
    needs: 'hub with tokens',
    run: (scene) => publishesByCookie(scene, origin, 403),
  })),
  {
    id: 'MER7.cookie-of-listed-page',
    title: 'a page of a listed origin publishes with the cookie of a visitor',
    severity: 'recommended',
    expected: 'it is heard',
    needs: 'hub for listed origins',
    run: (scene) => publishesByCookie(scene, scene.server.settings.cors?.[0], 200),
  },
  {
    id: 'MER7.guest-hears',
    title: 'Ann subscribes without a token, where guests may',
    severity: 'required',
    expected: 'she hears what is not private, and that only',
    needs: 'hub with guests',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic }, { token: null });
      await hub.publishes({ topic, data: 'secret', private: 'on' });
      await hub.publishes({ topic, data: 'open' });
      const { data } = await ann.hears();
      if (data === 'secret') throw new Dangerous('Ann heard what is not meant for her');
      equals('the data', data, 'open');
    },
  },
  {
    id: 'MER7.guest-is-silent',
    title: 'somebody publishes without a token, where guests may listen',
    severity: 'required',
    expected: '401',
    needs: 'hub with guests',
    async run(scene) {
      equals(
        'the status',
        (await new Hub(scene).asksToPublish({ topic: fresh('topic'), data: '1' }, { token: null })).status,
        401,
      );
    },
  },
  {
    id: 'MER7.open',
    title: 'Ann subscribes and Bob publishes without a token, where everybody may',
    severity: 'required',
    expected: 'she hears it, private or not',
    needs: 'open hub',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const ann = await hub.listens('ann', { topic }, { token: null });
      await hub.publishes({ topic, data: '1', private: 'on' }, { token: null });
      equals('the data', (await ann.hears()).data, '1');
    },
  },
  {
    id: 'MER10.stream-of-foreign-page',
    title: 'a page of https://evil.example subscribes with the cookie of a visitor',
    severity: 'hardening',
    expected: '403: the page may not read what is private to the visitor',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const headers = { cookie: `mercureAuthorization=${hub.subscriberToken()}`, origin: 'https://evil.example' };
      const { status } = await hub.asksToListen('ann', { topic: fresh('topic') }, { token: null, headers });
      equals('the status', status, 403);
    },
  },
  {
    id: 'MER12.stream-ends',
    title: 'Ann subscribes with a token that expires soon',
    severity: 'required',
    expected: 'her stream is ended, and nothing comes after the end of the token',
    needs: 'hub with tokens',
    async run(scene) {
      const hub = new Hub(scene);
      const topic = fresh('topic');
      const expires = Math.ceil(Date.now() / 1_000) + 1;
      const token = tokenOf(scene.server.settings.mercure_subscriber_key ?? '', { subscribe: ['*'] }, { expires });
      const ann = await hub.listens('ann', { topic }, { token });
      await elapsed(expires * 1_000 - Date.now() + CLOCK_MS);
      await hub.publishes({ topic, data: 'late', private: 'on' });
      await ann.closed();
      if (ann.unheard.length > 0) throw new Dangerous('Ann received an update after her token had expired');
    },
  },
]);

/** How far apart the clocks of both sides, and their timers, may be. */
const CLOCK_MS = 100;

async function publishesByCookie(scene: Scene, origin: string | undefined, expected: number): Promise<void> {
  const hub = new Hub(scene);
  const topic = fresh('topic');
  const ann = await hub.listens('ann', { topic });
  const headers = { cookie: `mercureAuthorization=${hub.publisherToken()}`, ...(origin === undefined ? {} : { origin }) };
  equals('the status', (await hub.asksToPublish({ topic, data: '1' }, { token: null, headers })).status, expected);
  if (expected === 200) equals('the data', (await ann.hears()).data, '1');
  else await hub.hearsNothing(ann, topic);
}
