import { expect, it } from 'vitest';
import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { servedDialects } from '../../../src/application/served-dialects.ts';

it('servedDialects: finds a dialect and the traits of its sessions by name', () => {
  const mercure = new MercureDialect('/hub', {
    isOpen: true,
    isAnonymous: true,
    isOwnToken: () => true,
    maxBodyBytes: 100,
    maxTopics: 10,
  });
  const served = servedDialects([new PeerjsDialect('/'), mercure], new NoTelemetry());
  expect([...served.keys()]).toEqual(['peerjs', 'mercure']);
  expect(served.get('peerjs')?.traits.socket).toMatchObject({ carrier: 'socket', liveness: 'sends', keepsHistory: false });
  expect(served.get('mercure')?.traits.stream).toMatchObject({ carrier: 'stream', liveness: 'reads', keepsHistory: true });
});
