import { expect, it } from 'vitest';
import { Realms } from '../../../src/domain/realms.ts';
import { LIMITS, REALM_IDENTITY } from './session-fixture.ts';

it('O2: has one realm for each key, and none for other keys', () => {
  const realms = new Realms(['red', '__proto__'], REALM_IDENTITY.node, LIMITS);
  expect(realms.all().map(({ key }) => key)).toEqual(['red', '__proto__']);
  expect([realms.find('red')?.key, realms.find('__proto__')?.key, realms.find('toString')]).toEqual([
    'red',
    '__proto__',
    undefined,
  ]);
  expect(realms.first.key).toBe('red');
});
