import { describe, expect, it } from 'vitest';
import {
  adminHosts,
  adminPlace,
  adminToken,
  parseAdminPlace,
} from '../../../../src/composition/configuration/admin-option-types.ts';

describe('the place of the admin listener', () => {
  it.each([
    ['127.0.0.1:9001', { host: '127.0.0.1', port: 9_001 }],
    ['[::1]:9001', { host: '::1', port: 9_001 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['unix:/run/signalbox/admin.sock', { socket: '/run/signalbox/admin.sock' }],
  ])('ADM1: is read from %s', (text, place) => {
    expect([parseAdminPlace(text), adminPlace().read(text).ok]).toEqual([place, true]);
  });

  it.each([
    '',
    '9001',
    '127.0.0.1',
    ':9001',
    '127.0.0.1:70000',
    'unix:',
    'unix:relative',
    `unix:/${'x'.repeat(107)}`,
    '::1:9001',
  ])('ADM1: is refused: %j', (text) => expect(adminPlace().read(text).ok).toBe(false));
});

describe('a token of the admin listener', () => {
  it('ADM10: has at least 32 characters without blanks, and is never shown', () => {
    expect([adminToken().isSecret, adminToken().read('x'.repeat(32)).ok]).toEqual([true, true]);
    for (const text of ['x'.repeat(31), `${'x'.repeat(32)} y`, 'x'.repeat(513), 5]) {
      expect(adminToken().read(text).ok).toBe(false);
    }
  });
});

describe('the hosts of the admin listener', () => {
  it('ADM9: have no port', () => {
    expect(adminHosts().read(['admin.test', '[2001:db8::1]']).ok).toBe(true);
    for (const text of ['admin.test:9001', 'http://admin.test', 'a b']) expect(adminHosts().read(text).ok).toBe(false);
  });
});
