import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WebhookAuthorizer, type WebhookSettings } from '../../../../../src/adapters/authorizers/webhook/webhook.ts';
import type { JsonPost } from '../../../../../src/adapters/authorizers/webhook/post-json.ts';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';

const SECRET = 'a secret of the tests, long enough';

function posted(settings: Partial<WebhookSettings>): JsonPost | undefined {
  const posts: JsonPost[] = [];
  const authorizer = new WebhookAuthorizer(
    {
      url: 'http://127.0.0.1:1/a',
      secret: undefined,
      header: undefined,
      headers: [],
      timeout: 1_000,
      reservedIds: [],
      ...settings,
    },
    { clock: new ManualClock(), unixTime: () => 1_790_000_000.9, log: { record: () => undefined } },
    (post) => {
      posts.push(post);
      return Promise.resolve({ allow: true });
    },
  );
  const facts = {
    dialect: 'peerjs',
    realm: realmKey('green'),
    id: 'ann',
    token: 'ü',
    address: '192.0.2.1',
    origin: undefined,
    headers: {},
  };
  authorizer.authorize(facts, () => undefined);
  return posts[0];
}

describe('WebhookAuthorizer', () => {
  it('A9: signs time and body with the secret', () => {
    const { headers, body } = posted({ secret: SECRET }) ?? {};
    const hash = createHmac('sha256', SECRET)
      .update(`1790000000.${body ?? ''}`)
      .digest('hex');
    expect(headers?.get('signalbox-signature')).toBe(`t=1790000000,v1=${hash}`);
    expect(JSON.parse(body ?? '')).toMatchObject({ version: 1, id: 'ann', token: 'ü' });
  });

  it('A9: sends JSON, the configured header, and no signature without a secret', () => {
    const { url, headers } = posted({ header: ['authorization', 'Bearer x'] }) ?? {};
    expect([url, ...(headers ?? [])]).toEqual([
      'http://127.0.0.1:1/a',
      ['accept', 'application/json'],
      ['authorization', 'Bearer x'],
      ['content-type', 'application/json'],
      ['user-agent', 'signalbox'],
    ]);
  });
});
