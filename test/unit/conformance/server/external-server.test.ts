import { expect, it } from 'vitest';
import { externalServer } from '../../../../conformance/server/external-server.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

const ADDRESS = { host: '127.0.0.1', port: 9000, secure: false, trustsAnyCertificate: false };

it('a server that was given is as it was told, and stays', async () => {
  const servers = externalServer({ name: 'it', address: ADDRESS, declared: { path: '/x' }, patience: 5 });
  expect(servers.resolve(SETUPS['below a path'])).toEqual({ settings: { path: '/x' } });
  expect(servers.resolve(SETUPS['few peers'])).toEqual({ missing: 'not told: --concurrent-limit' });
  expect(servers.processKey({ path: '/x' })).toBe(servers.processKey({}));
  const server = await servers.start({});
  expect(server).toMatchObject({ canStartAgain: false, profile: { path: '/x/', patience: 5, ...ADDRESS } });
  expect(server.exitReason()).toBeUndefined();
  await server.stop();
});
