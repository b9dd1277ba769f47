import { describe, expect, it } from 'vitest';
import { readCredentials, Routes } from '../../../../../src/adapters/dialects/peerjs/routes.ts';

const HEAD = { method: 'GET', path: '', query: '', header: () => undefined };
const askedAt = (routes: Routes, path: string): object | undefined => routes.find(path)?.handle(HEAD, 'none');

describe('routes of HTTP', () => {
  const routes = new Routes('/');

  it('H1, H7: the prefix describes the broker', () => {
    expect(askedAt(routes, '/')).toEqual({ action: 'describe' });
  });

  it('H2, H7: {key}/id gives an id', () => {
    expect(askedAt(routes, '/peerjs/id')).toEqual({ action: 'issue-peer-id', key: 'peerjs' });
  });

  it('H3, H4, H7: {key}/peers lists the peers', () => {
    expect(askedAt(routes, '/peerjs/peers')).toEqual({ action: 'list-peers', key: 'peerjs' });
  });

  it('H2: a slash at the end changes nothing, a second one does', () => {
    expect(askedAt(routes, '/peerjs/id/')).toEqual(askedAt(routes, '/peerjs/id'));
    expect(routes.find('/peerjs/id//')).toBeUndefined();
  });

  it('H8: anything else is nowhere', () => {
    const keyless = ['/id', '/peers', '//', '//id'];
    for (const path of [...keyless, '/peerjs', '/peerjs/', '/peerjs/ids', '/peerjs/ID', '/peerjs/id/x', '/a/b/id']) {
      expect(routes.find(path), path).toBeUndefined();
    }
  });

  it('H2: the key is taken for what its escapes mean', () => {
    expect(askedAt(routes, '/a%2Fb%20%F0%9F%98%80/id')).toEqual({ action: 'issue-peer-id', key: 'a/b 😀' });
    expect(askedAt(routes, '/__proto__/id')).toEqual({ action: 'issue-peer-id', key: '__proto__' });
  });

  it('H8: a key with broken escapes is nowhere', () => {
    for (const key of ['%', '%zz', '%C3', '%ED%A0%80', 'a%2']) expect(routes.find(`/${key}/id`), key).toBeUndefined();
  });

  it('H2: a key may be called like a route', () => {
    expect(askedAt(routes, '/id/id')).toEqual({ action: 'issue-peer-id', key: 'id' });
    expect(askedAt(routes, '/peers/id')).toEqual({ action: 'issue-peer-id', key: 'peers' });
  });
});

describe('routes behind a prefix', () => {
  const routes = new Routes('/my/app/');

  it('H1: the prefix counts with its last slash or without', () => {
    expect(askedAt(routes, '/my/app/')).toEqual({ action: 'describe' });
    expect(askedAt(routes, '/my/app')).toEqual({ action: 'describe' });
  });

  it('H8: what stands before the prefix, or only resembles it, is nowhere', () => {
    for (const path of ['/', '/peerjs/id', '/my/apple/id', '/my/app//id', '/MY/APP/peerjs/id', '/x/my/app/peerjs/id']) {
      expect(routes.find(path), path).toBeUndefined();
    }
    expect(askedAt(routes, '/my/app/peerjs/id')).toEqual({ action: 'issue-peer-id', key: 'peerjs' });
  });

  it('O9: a socket opens at {path}peerjs and nowhere else', () => {
    expect(routes.opensAt('/my/app/peerjs')).toBe(true);
    const close = ['/my/app/peerjs/', '/my/app//peerjs', '/my/app/peerjs2', '/my/app/Peerjs', '/my/appxpeerjs'];
    for (const path of [...close, '/my/app/', '/peerjs', '']) {
      expect(routes.opensAt(path), path).toBe(false);
    }
  });

  it('O9: without a prefix it opens at /peerjs', () => {
    expect(new Routes('/').opensAt('/peerjs')).toBe(true);
    expect(new Routes('/').opensAt('peerjs')).toBe(false);
    expect(new Routes('/').opensAt('/my/app/peerjs')).toBe(false);
  });
});

describe('credentials', () => {
  it('O3: key, id and token come from the query; further parameters say nothing', () => {
    const query = 'key=peerjs&id=ann&token=hers&version=1.5.5';
    expect(readCredentials(query)).toEqual({ key: 'peerjs', id: 'ann', token: 'hers' });
  });

  it('O1: what is missing is undefined, what is empty is empty', () => {
    expect(readCredentials('')).toEqual({ key: undefined, id: undefined, token: undefined });
    expect(readCredentials('key=&id&token=')).toEqual({ key: '', id: '', token: '' });
  });

  it('O8: of a parameter that is repeated the last counts, whichever it is', () => {
    const query = 'id=a&key=x&token=1&id=b&token=2&key=y&id=c';
    expect(readCredentials(query)).toEqual({ key: 'y', id: 'c', token: '2' });
    expect(readCredentials('key=k&id=ann&token=t&id=').id).toBe('');
  });

  it('O7: escapes stand for what they mean', () => {
    expect(readCredentials('id=a%20b+c%26d%3De%F0%9F%98%80').id).toBe('a b c&d=e😀');
    expect(readCredentials('id=__proto__&key=constructor&token=%__proto__').id).toBe('__proto__');
  });

  it('O8: names are case sensitive, and brackets make no list', () => {
    expect(readCredentials('ID=ann&Id=ann&id[]=ann&id.x=ann&__proto__=ann').id).toBeUndefined();
  });

  it('O7: a name of a parameter may be escaped like its value', () => {
    expect(readCredentials('%69d=ann').id).toBe('ann');
  });

  it('promise 6: broken escapes break nothing', () => {
    for (const broken of ['id=%', 'id=%zz', 'id=%C3', '&&&', '=', '%=%', 'id=%ED%A0%80']) {
      expect(() => readCredentials(broken), broken).not.toThrow();
    }
    expect(readCredentials('id=%zz').id).toBe('%zz');
  });
});
