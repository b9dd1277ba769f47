import { describe, expect, it } from 'vitest';
import { readCredentials, Routes } from '../../../../../src/adapters/dialects/peerjs/routes.ts';

const HEAD = { method: 'GET', path: '', query: '', header: () => undefined };
const askedAt = (routes: Routes, path: string): object | undefined => routes.find(path)?.handle(HEAD, 'none');

describe('HTTP routes', () => {
  const routes = new Routes('/');

  it('H1, H7: describe the broker at the prefix', () => {
    expect(askedAt(routes, '/')).toEqual({ action: 'describe' });
  });

  it('H20: have the playground only if it is on', () => {
    const response = { status: 200, headers: [], body: 'page' };
    const withPage = new Routes('/', () => false, { playground: response });
    expect(askedAt(withPage, '/playground')).toEqual({ action: 'respond', response });
    expect(askedAt(withPage, '/playground/')).toEqual({ action: 'respond', response });
    expect([withPage.find('/playground/x'), routes.find('/playground')]).toEqual([undefined, undefined]);
  });

  it('H2, H7: issue an id at {key}/id', () => {
    expect(askedAt(routes, '/peerjs/id')).toEqual({ action: 'issue-peer-id', key: 'peerjs' });
  });

  it('H3, H4, H7: list the peers at {key}/peers', () => {
    expect(askedAt(routes, '/peerjs/peers')).toEqual({ action: 'list-peers', key: 'peerjs' });
  });

  it('H2: accept one trailing slash, but not two', () => {
    expect(askedAt(routes, '/peerjs/id/')).toEqual(askedAt(routes, '/peerjs/id'));
    expect(routes.find('/peerjs/id//')).toBeUndefined();
  });

  it('H8: are not found at any other path', () => {
    const keyless = ['/id', '/peers', '//', '//id'];
    for (const path of [...keyless, '/peerjs', '/peerjs/', '/peerjs/ids', '/peerjs/ID', '/peerjs/id/x', '/a/b/id']) {
      expect(routes.find(path), path).toBeUndefined();
    }
  });

  it('H2: decode the escapes of the key', () => {
    expect(askedAt(routes, '/a%2Fb%20%F0%9F%98%80/id')).toEqual({ action: 'issue-peer-id', key: 'a/b 😀' });
    expect(askedAt(routes, '/__proto__/id')).toEqual({ action: 'issue-peer-id', key: '__proto__' });
  });

  it('H8: are not found for a key with broken escapes', () => {
    for (const key of ['%', '%zz', '%C3', '%ED%A0%80', 'a%2']) expect(routes.find(`/${key}/id`), key).toBeUndefined();
  });

  it('H2: accept a key with the name of a route', () => {
    expect(askedAt(routes, '/id/id')).toEqual({ action: 'issue-peer-id', key: 'id' });
    expect(askedAt(routes, '/peers/id')).toEqual({ action: 'issue-peer-id', key: 'peers' });
  });
});

describe('routes under a prefix', () => {
  const routes = new Routes('/my/app/');

  it('H1: match the prefix with and without its last slash', () => {
    expect(askedAt(routes, '/my/app/')).toEqual({ action: 'describe' });
    expect(askedAt(routes, '/my/app')).toEqual({ action: 'describe' });
  });

  it('H8: are not found outside the prefix, or under a similar one', () => {
    for (const path of ['/', '/peerjs/id', '/my/apple/id', '/my/app//id', '/MY/APP/peerjs/id', '/x/my/app/peerjs/id']) {
      expect(routes.find(path), path).toBeUndefined();
    }
    expect(askedAt(routes, '/my/app/peerjs/id')).toEqual({ action: 'issue-peer-id', key: 'peerjs' });
  });

  it('O9: accept sockets at {path}peerjs only', () => {
    expect(routes.opensAt('/my/app/peerjs')).toBe(true);
    const close = ['/my/app/peerjs/', '/my/app//peerjs', '/my/app/peerjs2', '/my/app/Peerjs', '/my/appxpeerjs'];
    for (const path of [...close, '/my/app/', '/peerjs', '']) {
      expect(routes.opensAt(path), path).toBe(false);
    }
  });

  it('O9: accept sockets at /peerjs without a prefix', () => {
    expect(new Routes('/').opensAt('/peerjs')).toBe(true);
    expect(new Routes('/').opensAt('peerjs')).toBe(false);
    expect(new Routes('/').opensAt('/my/app/peerjs')).toBe(false);
  });
});

describe('credentials', () => {
  it('O3: are key, id and token of the query; other parameters are ignored', () => {
    const query = 'key=peerjs&id=ann&token=hers&version=1.5.5';
    expect(readCredentials(query)).toEqual({ key: 'peerjs', id: 'ann', token: 'hers' });
  });

  it('O1: are undefined if missing, and empty if empty', () => {
    expect(readCredentials('')).toEqual({ key: undefined, id: undefined, token: undefined });
    expect(readCredentials('key=&id&token=')).toEqual({ key: '', id: '', token: '' });
  });

  it('O8: use the last value of each repeated parameter', () => {
    const query = 'id=a&key=x&token=1&id=b&token=2&key=y&id=c';
    expect(readCredentials(query)).toEqual({ key: 'y', id: 'c', token: '2' });
    expect(readCredentials('key=k&id=ann&token=t&id=').id).toBe('');
  });

  it('O7: are decoded', () => {
    expect(readCredentials('id=a%20b+c%26d%3De%F0%9F%98%80').id).toBe('a b c&d=e😀');
    expect(readCredentials('id=__proto__&key=constructor&token=%__proto__').id).toBe('__proto__');
  });

  it('O8: have case-sensitive names, without brackets for lists', () => {
    expect(readCredentials('ID=ann&Id=ann&id[]=ann&id.x=ann&__proto__=ann').id).toBeUndefined();
  });

  it('O7: may have escaped parameter names', () => {
    expect(readCredentials('%69d=ann').id).toBe('ann');
  });

  it('promise 6: are read without an exception if escapes are broken', () => {
    for (const broken of ['id=%', 'id=%zz', 'id=%C3', '&&&', '=', '%=%', 'id=%ED%A0%80']) {
      expect(() => readCredentials(broken), broken).not.toThrow();
    }
    expect(readCredentials('id=%zz').id).toBe('%zz');
  });
});
