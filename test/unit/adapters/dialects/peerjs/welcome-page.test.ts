import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { welcomePage } from '../../../../../src/adapters/dialects/peerjs/welcome-page.ts';

const SETTINGS = { key: 'peerjs', needsToken: false, hasDoctor: true };

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

  it('shows any key as text', () => {
    const { body } = welcomePage({ ...SETTINGS, key: '"><script>alert(1)</script>&' });
    expect(body).toContain('data-key="&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;"');
  });

  it('mentions the token and the doctor only where they matter', () => {
    const pages = [SETTINGS, { ...SETTINGS, needsToken: true }, { ...SETTINGS, hasDoctor: false }].map(welcomePage);
    expect(pages.map(({ body }) => [body.includes('data-token='), body.includes('<h2>')])).toEqual([
      [false, true],
      [true, true],
      [false, false],
    ]);
  });
});
