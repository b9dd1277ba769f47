import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { parseOrigin } from '../../../../src/composition/configuration/origin-option.ts';
import { originPattern } from '../../../../src/composition/origins.ts';

/** The origins, or the error message. */
function cors(...given: unknown[]): unknown {
  const resolved = resolveConfig({ given: { cors: given } });
  return resolved.ok ? resolved.value.config.cors : resolved.refusal.map(({ message }) => message).join();
}

describe('origins', () => {
  it.each([
    ['https://Example.ORG/', 'https://example.org'],
    ['https://a.example:443', 'https://a.example'],
    ['http://a.example:8080', 'http://a.example:8080'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://b\u00fccher.example', 'https://xn--bcher-kva.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['Chrome-Extension://AbC/', 'chrome-extension://abc'],
    ['file://', 'file://'],
    ['file:///', 'file://'],
    ['null', 'null'],
    ['*', '*'],
    ['https://*.Example.org', 'https://*.example.org'],
    ['https://*.example.org:443', 'https://*.example.org'],
    ['http://localhost:*', 'http://localhost:*'],
    ['https://*.example.org:*', 'https://*.example.org:*'],
    ['ionic://*.app.example', 'ionic://*.app.example'],
  ])('%s is the origin %s', (written, origin) => expect(parseOrigin(written)).toBe(origin));

  it.each([
    ...['', 'example.org', 'https://', 'https://a/b', 'https://a?b', 'https://u@a', 'https://a,https://b', 'https://a b'],
    ...['http://a:99999', 'https://*', 'https://*.org', 'https://a.*.example', 'https://ex*mple.org', '*.example.org'],
    ...['https://example.org:80*', 'https://**.example.org', '*://example.org'],
  ])('%j is not an origin', (written) => expect(parseOrigin(written)).toBeUndefined());

  it('may be empty, and must be texts', () => {
    expect(cors()).toEqual([]);
    expect(cors(7)).toContain("cors is 7; it must be '*', 'null', or origins without a path");
  });

  it.each([
    ['https://a.example/app', "an origin has no path: write 'https://a.example'"],
    ['a.example', "an origin has a scheme: write 'https://a.example'"],
    ['https://ex*mple.org', 'a wildcard replaces whole labels in front of a domain'],
    ['https://*', 'a wildcard replaces whole labels in front of a domain'],
  ])('%s is rejected with the next step', (written, hint) => expect(cors(written)).toContain(hint));

  it('* is rejected together with another origin', () => {
    expect(cors('https://a.example', '*')).toContain("'*' allows every origin");
    expect(cors('*')).toEqual(['*']);
  });
});

describe('a wildcard', () => {
  const matches = (listed: string, origin: string): boolean => {
    const pattern = originPattern(listed);
    return typeof pattern === 'string' ? pattern === origin : pattern.test(origin);
  };

  it.each([
    ['https://*.example.org', 'https://a.example.org'],
    ['https://*.example.org', 'https://a.b-c.example.org'],
    ['https://*.example.org:8443', 'https://a.example.org:8443'],
    ['http://localhost:*', 'http://localhost'],
    ['http://localhost:*', 'http://localhost:5173'],
    ['https://*.example.org:*', 'https://a.example.org:1'],
  ])('%s matches %s', (listed, origin) => expect(matches(listed, origin)).toBe(true));

  it.each([
    ['https://*.example.org', 'https://example.org'],
    ['https://*.example.org', 'http://a.example.org'],
    ['https://*.example.org', 'https://a.example.org:8443'],
    ['https://*.example.org', 'https://aexample.org'],
    ['https://*.example.org', 'https://a.exampleXorg'],
    ['https://*.example.org', 'https://a.example.org.evil.example'],
    ['https://*.example.org', 'https://evil.example/.example.org'],
    ['https://*.example.org', 'https://.example.org'],
    ['http://localhost:*', 'http://localhost.evil.example'],
    ['http://localhost:*', 'http://localhost:1@evil.example'],
  ])('%s does not match %s', (listed, origin) => expect(matches(listed, origin)).toBe(false));

  it('takes linear time for any origin', () => {
    expect(matches('https://*.example.org', `https://${'a.'.repeat(100_000)}example.com`)).toBe(false);
  });
});
