import { afterEach, describe, expect, it } from 'vitest';
import { statusPage } from '../../../../../src/adapters/admin-listeners/http/status-page.ts';
import { AdminFixture, TOKEN, VIEWER } from '../../../../support/admin-fixture.ts';

const PAGE = {
  html: '<html data-role="none" data-login="no"><form hidden data-before-login><!--overview-->',
  policy: "default-src 'none'",
};

let fixture: AdminFixture | undefined;
afterEach(() => fixture?.listener.stop());

async function pageFor(headers: Record<string, string>, settings: object = {}): Promise<[number, string]> {
  fixture = await new AdminFixture({ token: TOKEN, viewerToken: VIEWER, page: PAGE, ...settings }).start();
  const { status, body } = await fixture.ask('GET', '/', { headers });
  return [status, body];
}

describe('ADM14: the status page', () => {
  it.each([
    ['operator', { authorization: `Bearer ${TOKEN}` }],
    ['viewer', { authorization: `Bearer ${VIEWER}` }],
  ])('names the role of the reader: %s', async (role, headers) => {
    expect(await pageFor(headers)).toEqual([200, expect.stringContaining(`data-role="${role}" data-login="yes"`)]);
  });

  it('asks for the token, and shows nothing of the broker before', async () => {
    const [status, body] = await pageFor({});
    expect([status, body]).toEqual([200, expect.stringContaining('data-role="none" data-login="yes"')]);
    expect([body.includes('<form>'), body.includes('alone')]).toEqual([true, false]);
  });

  it('ADM9, ADM10: has the guards of the API', async () => {
    expect((await pageFor({ host: 'rebound.example.org' }))[0]).toBe(421);
    await fixture?.listener.stop();
    expect((await pageFor({ authorization: 'Bearer wrong' }))[0]).toBe(401);
  });

  it('needs no login without a token, and is absent without a build', async () => {
    expect(await pageFor({}, { token: undefined })).toEqual([
      200,
      expect.stringMatching('data-role="operator" data-login="no"><form hidden>.*<td>alone</td>'),
    ]);
    await fixture?.listener.stop();
    expect((await pageFor({}, { token: undefined, page: undefined }))[0]).toBe(404);
  });

  it('allows its own parts only, and escapes what it shows', () => {
    const { headers, body } = statusPage(
      PAGE,
      { role: 'viewer', hasLogin: true },
      { nodes: [], missing: ['<script>alert("1")</script>' as never] },
    );
    expect(headers).toMatchObject({ 'content-security-policy': PAGE.policy, 'referrer-policy': 'same-origin' });
    expect(body).toContain('<td>&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;</td><td>does not answer</td>');
  });
});
