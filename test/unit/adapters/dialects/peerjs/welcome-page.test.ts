import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { welcomePage } from '../../../../../src/adapters/dialects/peerjs/welcome-page.ts';

const SETTINGS = { key: 'peerjs', needsToken: false, hasDoctor: true, hasPlayground: true };

describe('H1: the page for browsers', () => {
  it('allows its own style and script only', () => {
    const { headers, body } = welcomePage(SETTINGS);
    const policy = headers.find(([name]) => name === 'content-security-policy')?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    for (const element of ['style', 'script']) {
      const text = new RegExp(`<${element}>([^]*?)</${element}>`).exec(body)?.[1] ?? '';
      const digest = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${digest}'`);
    }
    expect(body).not.toMatch(/https?:\/\/|src=|href=/);
  });

  it('allows connections to this broker only, for the console and for tests in this page', () => {
    const { headers } = welcomePage(SETTINGS);
    expect(headers.find(([name]) => name === 'content-security-policy')?.[1]).toContain("connect-src 'self';");
  });

  it('shows any key as text', () => {
    const { body } = welcomePage({ ...SETTINGS, key: '"><script>alert(1)</script>&' });
    expect(body).toContain('data-key="&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;"');
  });

  it('mentions the token, the doctor and the playground only where they matter', () => {
    const pages = [{}, { needsToken: true }, { hasDoctor: false }, { hasPlayground: false }].map((changed) =>
      welcomePage({ ...SETTINGS, ...changed }),
    );
    const parts = ['data-token=', '<h2>', 'data-page="playground"'];
    expect(pages.map(({ body }) => parts.map((part) => body.includes(part)))).toEqual([
      [false, true, true],
      [true, true, true],
      [false, false, true],
      [false, true, false],
    ]);
  });
});
