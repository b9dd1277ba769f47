import { expect, it } from 'vitest';
import { readArguments } from '../../../../conformance/arguments.ts';
import { serversFor } from '../../../../conformance/server/servers-for.ts';

it.each([
  ['http://localhost:9000', { host: 'localhost', port: 9000, secure: false }],
  ['https://a.example/x', { host: 'a.example', port: 443, secure: true, path: '/x/' }],
  ['http://[::1]', { host: '::1', port: 80, secure: false }],
])('parses the address %s', async (url, expected) => {
  const { profile } = await serversFor(readArguments(['--url', url])).start({});
  expect(profile).toMatchObject(expected);
});

it('the name of a server is --name, its URL, or its command', () => {
  expect(serversFor(readArguments(['--url', 'http://localhost:9000'])).name).toBe('http://localhost:9000/');
  expect(serversFor(readArguments(['--command', 'a {port}'])).name).toBe('a {port}');
  expect(serversFor(readArguments(['--command', 'a {port}', '--name', 'it'])).name).toBe('it');
});
