import { expect, it } from 'vitest';
import { defaultConfig } from '../../../../src/composition/configuration/config.ts';
import { adminOf, workerConfig } from '../../../../src/composition/workers/worker-config.ts';

it('ADM1: each worker has an admin listener at a port or path of its own', () => {
  expect([1, 2, 3].map((worker) => adminOf('127.0.0.1:9001', worker))).toEqual([
    '127.0.0.1:9001',
    '127.0.0.1:9002',
    '127.0.0.1:9003',
  ]);
  expect(adminOf('[::1]:9001', 2)).toBe('[::1]:9002');
  expect(adminOf('127.0.0.1:0', 2)).toBe('127.0.0.1:0');
  expect([1, 2].map((worker) => adminOf('unix:/run/a.sock', worker))).toEqual(['unix:/run/a.sock', 'unix:/run/a.sock.2']);
});

it('has the port that the primary process has found', () => {
  const place = { worker: 2, workers: 4, port: 4711 };
  expect(workerConfig({ ...defaultConfig(), port: 0, admin: '127.0.0.1:9001' }, place)).toEqual({
    ...{ ...defaultConfig(), port: 4711, workers: 4, admin: '127.0.0.1:9002' },
    transport: process.platform === 'linux' ? 'auto' : 'node',
  });
});
