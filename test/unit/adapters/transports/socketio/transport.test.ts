import { expect, it } from 'vitest';
import { MemoryTransport } from '../../../../../src/adapters/transports/memory/listener.ts';
import { SocketIoTransport } from '../../../../../src/adapters/transports/socketio/transport.ts';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../../../src/adapters/logs/silent.ts';
import { SocketIoFixture } from '../../../../support/socketio-fixture.ts';

it('SIO4: of two matching prefixes, the longer one is used', () => {
  const stage = new SocketIoFixture({ prefixes: ['', 'sub'] });
  stage.connect().send('42["subsubscribe","a"]');
  expect(stage.lines).toEqual(['["subscribe","a",null]']);
});

it('has the name of the wrapped transport, and passes its other methods on', async () => {
  const calls: string[] = [];
  const inner = new MemoryTransport();
  inner.reloadCertificate = () => void calls.push('reloadCertificate');
  const settings = {
    ...{ path: '/socket.io', protocols: [4] as const, origins: { allow: 'echoed' } as const, maxUrlBytes: 1, prefixes: [''] },
    ...{ maxFrameBytes: 1, sendBufferBytes: 1, pingInterval: 1, connectTimeout: 1, authorize: () => undefined },
    describeRefusal: () => ({ text: 'refused', code: 1008 }),
  };
  const transport = new SocketIoTransport(inner, settings, { clock: new ManualClock(), log: new SilentLog() });
  transport.reloadCertificate();
  transport.refuseNew();
  await transport.stop();
  expect([transport.name, calls]).toEqual(['memory', ['reloadCertificate']]);
});
