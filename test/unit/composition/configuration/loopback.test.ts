import { expect, it } from 'vitest';
import { isLoopback } from '../../../../src/composition/configuration/loopback.ts';

it('isLoopback recognizes this machine only, with and without the brackets of a URL', () => {
  const own = ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]'];
  const others = ['localhost.example.org', 'example.org', '128.0.0.1', '127.0.0.1.example.org', '0.0.0.0', '::', '[::2]', ''];
  expect([own, others].map((hosts) => hosts.filter(isLoopback))).toEqual([own, []]);
});
