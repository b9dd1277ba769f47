import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../../../../src/composition/configuration/option.ts';
import {
  forwardedHeaders,
  headerParts,
  webhookHeader,
  webhookSecret,
  webhookUrl,
} from '../../../../src/composition/configuration/webhook-option-types.ts';

const HIDDEN_REFUSAL = { ok: false, refusal: HIDDEN };

describe('the types of the options of the webhook', () => {
  it.each(['https://app.example.org/a?code=1', 'http://127.0.0.1:8000', 'http://app:3000/signalbox', 'https://[::1]/'])(
    'A9: %s is a URL of a webhook',
    (url) => expect(webhookUrl().read(url)).toEqual({ ok: true, value: url }),
  );

  it.each([
    '',
    'app.example.org',
    'ftp://a/',
    'https://',
    'https://u:p@a/',
    'https://u@a/',
    'https://a/#x',
    'https://a/ b',
    7,
    undefined,
  ])('A9: %s is no URL of a webhook, and is not shown', (url) => expect(webhookUrl().read(url)).toEqual(HIDDEN_REFUSAL));

  it('A9: a secret has 32 to 255 characters without blanks, and is not shown', () => {
    expect(webhookSecret().read('s'.repeat(32))).toEqual({ ok: true, value: 's'.repeat(32) });
    for (const wrong of ['s'.repeat(31), 's'.repeat(256), `${'s'.repeat(32)} `, 7]) {
      expect(webhookSecret().read(wrong)).toEqual(HIDDEN_REFUSAL);
    }
    expect([webhookUrl(), webhookSecret(), webhookHeader()].map(({ isSecret }) => isSecret)).toEqual([true, true, true]);
  });

  it('A9: a header is a name and a value', () => {
    expect(headerParts('Authorization: Bearer  a:b ')).toEqual(['authorization', 'Bearer  a:b']);
    expect(headerParts('x-key:1')).toEqual(['x-key', '1']);
    expect(webhookHeader().read('x-key: 1')).toEqual({ ok: true, value: 'x-key: 1' });
  });

  it.each(['', 'x-key', 'x-key:', 'x-key: ', ': 1', 'x key: 1', 'x-key: ä', 'x-key: 1\r\nx-more: 2', 'x-key : 1'])(
    'A9: %j is no header',
    (header) => expect(webhookHeader().read(header)).toEqual(HIDDEN_REFUSAL),
  );

  it.each(['Host', 'content-length', 'Content-Type', 'connection', 'transfer-encoding', 'signalbox-signature'])(
    'A9: the broker sets the header %s',
    (name) => expect(headerParts(`${name}: 1`)).toBeUndefined(),
  );

  it('A9: takes at most 16 names of headers, in any case', () => {
    expect(forwardedHeaders().read(['Cookie', 'user-agent', 'cookie'])).toEqual({ ok: true, value: ['cookie', 'user-agent'] });
    for (const wrong of ['', 'a b', 'a:', 'ä', 'x'.repeat(65)]) expect(forwardedHeaders().read(wrong).ok).toBe(false);
    expect(forwardedHeaders().read(Array.from({ length: 17 }, (_, n) => `x-${n}`)).ok).toBe(false);
  });
});
