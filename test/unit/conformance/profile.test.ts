import { expect, it } from 'vitest';
import { profileOf } from '../../../conformance/profile.ts';

const ADDRESS = { host: '127.0.0.1', port: 9000, secure: false, trustsAnyCertificate: false };

it.each([
  [undefined, '/'],
  ['/', '/'],
  ['myapp', '/myapp/'],
  ['/a/b/', '/a/b/'],
])('normalizes the path %s to slashes at both ends', (path, expected) => {
  expect(profileOf(ADDRESS, path === undefined ? {} : { path }, 1).path).toBe(expected);
});

it('the key is the first configured one, or peerjs', () => {
  expect(profileOf(ADDRESS, {}, 1).key).toBe('peerjs');
  expect(profileOf(ADDRESS, { key: ['here', 'there'] }, 1).key).toBe('here');
});
