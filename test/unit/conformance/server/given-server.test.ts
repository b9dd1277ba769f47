import { expect, it } from 'vitest';
import { givenServer } from '../../../../conformance/server/given-server.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

const ADDRESS = { host: '127.0.0.1', port: 9000, secure: false, trustsAnyCertificate: false };

it('a server that was given is as it was told, and stays', async () => {
  const servers = givenServer({ name: 'it', address: ADDRESS, told: { path: '/x' }, patience: 5 });
  expect(servers.settle(SETUPS['below a path'])).toEqual({ settings: { path: '/x' } });
  expect(servers.settle(SETUPS['few peers'])).toEqual({ missing: 'not told: --concurrent-limit' });
  expect(servers.signOf({ path: '/x' })).toBe(servers.signOf({}));
  const server = await servers.start({});
  expect(server).toMatchObject({ canStartAgain: false, profile: { path: '/x/', patience: 5, ...ADDRESS } });
  expect(server.exit()).toBeUndefined();
  await server.stop();
});
