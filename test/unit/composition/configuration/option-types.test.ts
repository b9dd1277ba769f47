import { describe, expect, it } from 'vitest';
import { HIDDEN, type ValueType } from '../../../../src/composition/configuration/option.ts';
import {
  brokerUrl,
  engineUrl,
  file,
  host,
  keys,
  trustedProxies,
  urlPath,
} from '../../../../src/composition/configuration/option-types.ts';

/** The value, or `no` and the refused part. */
function read(kind: ValueType<unknown, unknown>, raw: unknown): unknown {
  const outcome = kind.read(raw);
  return outcome.ok ? outcome.value : { no: outcome.refusal };
}

describe('a host', () => {
  it('is a name or an address', () => {
    for (const raw of ['::', '0.0.0.0', 'localhost', 'my-host.example', 'fe80::1%eth0']) expect(read(host(), raw)).toBe(raw);
  });

  it('may have brackets', () => expect(read(host(), '[::1]')).toBe('::1'));

  it('is not a URL or a host with a port', () => {
    for (const raw of ['', 'http://host', 'a b', 'host/', '[::1]:9000', 9]) expect(read(host(), raw)).toEqual({ no: raw });
  });
});

describe('a file', () => {
  it('has a path', () => expect(read(file(), '../key.pem')).toBe('../key.pem'));
  it('has a path without control characters', () => {
    for (const raw of ['', 'a\0b', true]) expect(read(file(), raw)).toEqual({ no: raw });
  });

  it('is not the content of a file', () => {
    for (const raw of ['-----BEGIN PRIVATE KEY-----', ' {"port": 1}']) expect(read(file(), raw)).toEqual({ no: raw });
  });
});

describe('a path', () => {
  it('begins and ends with a slash', () => {
    const paths = { '': '/', '/': '/', signal: '/signal/', '/a/b': '/a/b/', '/a/': '/a/', '//a//b//': '/a/b/' };
    for (const [raw, path] of Object.entries(paths)) expect(read(urlPath(), raw), raw).toBe(path);
  });

  it('is encoded as browsers encode it', () => {
    expect(read(urlPath(), '/grüße an')).toBe('/gr%C3%BC%C3%9Fe%20an/');
    expect(read(urlPath(), '/a/../b/./c')).toBe('/b/c/');
  });

  it('has no query, fragment, backslash or control character', () => {
    for (const raw of ['/a?b', '/a#b', '\\a', '/a\nb', 7]) expect(read(urlPath(), raw)).toEqual({ no: raw });
  });
});

describe('keys', () => {
  it('are plain texts', () => {
    expect(read(keys(), 'peerjs')).toEqual(['peerjs']);
    expect(read(keys(), ['a', '__proto__', 'ключ', 'x'.repeat(128)])).toEqual(['a', '__proto__', 'ключ', 'x'.repeat(128)]);
  });

  it('can be one segment of a path', () => {
    for (const raw of ['', 'a/b', 'a\tb', 'x'.repeat(129)]) expect(read(keys(), ['ok', raw])).toEqual({ no: raw });
  });

  it('R1: have at most one *', () => {
    expect(read(keys(), ['team-*', '*', 'a*b'])).toEqual(['team-*', '*', 'a*b']);
    for (const raw of ['**', 'a*b*']) expect(read(keys(), ['ok', raw])).toEqual({ no: raw });
    expect(keys().allowed).toContain("at most one '*', which makes it a pattern");
  });

  it('need at least one', () => expect(read(keys(), [])).toEqual({ no: [] }));
});

describe('H10: trusted proxies', () => {
  it('are none, one, or a number of hops', () => {
    for (const raw of [false, 'false', 'off', 0, '0']) expect(read(trustedProxies(), raw), String(raw)).toBe(false);
    for (const raw of [true, 'true', 'yes']) expect(read(trustedProxies(), raw), String(raw)).toBe(true);
    for (const raw of [1, '1', 2, '32']) expect(read(trustedProxies(), raw)).toBe(Number(raw));
  });

  it('are a list of addresses and subnets', () => {
    expect(read(trustedProxies(), '10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1']);
    expect(read(trustedProxies(), ['10.0.0.0/8'])).toEqual(['10.0.0.0/8']);
  });

  it('reject all other values', () => {
    for (const raw of [33, -1, 1.5, [], null, undefined, {}]) expect(read(trustedProxies(), raw)).toEqual({ no: raw });
    expect(read(trustedProxies(), '33')).toEqual({ no: '33' });
    expect(read(trustedProxies(), '10.0.0.0/33,::1')).toEqual({ no: '10.0.0.0/33' });
    expect(read(trustedProxies(), ['::1', 7])).toEqual({ no: 7 });
    expect(read(trustedProxies(), '')).toEqual({ no: '' });
  });
});

describe('an engine', () => {
  it.each([
    'redis://host',
    'redis://:secret@[::1]:6379/2',
    'rediss://user:pass@host:6380?sentinel=house',
    'nats://host:4222?replicas=3',
    'tls://token@host?credentials=/etc/broker.creds&replicas=1',
  ])('is %s', (raw) => expect(read(engineUrl(), raw)).toBe(raw));

  it.each([
    ...['', 'redis', 'http://host', 'redis://', 'redis://host/name', 'redis://host?replicas=3', 'redis://host?sentinel='],
    ...['redis://:50%@host', 'nats://ann:100%ZZ@host'],
    ...['nats://host?replicas=9', 'nats://host?replicas=three', 'nats://host?sentinel=house', 7],
  ])('is not %j, and the message does not repeat the value, which may contain a password', (raw) => {
    expect(read(engineUrl(), raw)).toEqual({ no: HIDDEN });
  });
});

describe('the URL of a broker', () => {
  it.each(['http://10.0.0.5:9000', 'https://broker-1.example', 'http://[::1]:9000/'])('is %s', (raw) =>
    expect(read(brokerUrl(), raw)).toBe(raw),
  );

  it.each([
    '',
    'redis://host',
    'ws://host',
    'http://',
    'http://host/path',
    'http://host?a',
    'http://host#a',
    'http://a:b@host',
    7,
  ])('is not %j', (raw) => expect(read(brokerUrl(), raw)).toHaveProperty('no'));
});
