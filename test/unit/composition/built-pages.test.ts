import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { builtPage, policyOf, publicPage } from '../../../src/composition/built-pages.ts';

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

it('ADM14: the policy allows the style and the scripts of the page, and nothing from elsewhere', () => {
  const policy = policyOf('<style>a{}</style><script>one()</script><p>x</p><script>\ntwo()</script>');
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src ${digest('a{}')}`,
    `script-src ${digest('one()')} ${digest('\ntwo()')}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
});

it('a page that was not built is absent', () => {
  expect(builtPage('nothing' as never)).toBeUndefined();
  expect(publicPage('nothing' as never, { key: 'peerjs', needsToken: false })).toBeUndefined();
});
