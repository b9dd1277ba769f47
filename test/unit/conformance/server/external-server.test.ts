import { expect, it } from 'vitest';
import { externalServer } from '../../../../conformance/server/external-server.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

const ADDRESS = { host: '127.0.0.1', port: 9000, secure: false, trustsAnyCertificate: false };

it('an external server has the declared settings and cannot be restarted', async () => {
  const servers = externalServer({ name: 'it', address: ADDRESS, declared: { path: '/x' }, patience: 5 });
  expect(servers.resolve(SETUPS['path prefix'])).toEqual({ settings: { path: '/x' } });
  expect(servers.resolve(SETUPS['low concurrent limit'])).toEqual({
    missing: 'value unknown; pass the flag: --concurrent-limit',
  });
  expect(servers.processKey({ path: '/x' })).toBe(servers.processKey({}));
  const server = await servers.start({});
  expect(server).toMatchObject({ canRestart: false, profile: { path: '/x/', patience: 5, ...ADDRESS } });
  expect(server.exitReason()).toBeUndefined();
  await server.stop();
});
