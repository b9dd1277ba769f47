import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { PeerServer } from '../../../src/composition/drop-in.ts';
import { listeningHost } from '../../../src/composition/listening-host.ts';
import { makeTransport } from '../../../src/composition/make-transport.ts';

const events: LogEvent[] = [];
const log = { record: (event: LogEvent) => void events.push(event) };

afterEach(() => {
  vi.restoreAllMocks();
  events.length = 0;
});

/** Makes `listen` on `::` fail as the operating system does. Other hosts work. */
function refuseIpv6(code: string): void {
  const { listen } = net.Server.prototype;
  vi.spyOn(net.Server.prototype, 'listen').mockImplementation(function (this: net.Server, ...given: unknown[]) {
    const isIpv6 = given[1] === '::' || (given[0] as { host?: string } | undefined)?.host === '::';
    if (!isIpv6) return Reflect.apply(listen, this, given) as net.Server;
    queueMicrotask(() => this.emit('error', Object.assign(new Error(code), { code })));
    return this;
  });
}

describe('the host to listen on', () => {
  for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
    it(`is 0.0.0.0 instead of :: after the error ${code}, with one log event`, async () => {
      refuseIpv6(code);
      expect(await listeningHost('::', log)).toBe('0.0.0.0');
      expect(events).toEqual([{ event: 'ipv6-unavailable', taken: '0.0.0.0' }]);
    });
  }

  it('stays :: after any other error, which the transport reports', async () => {
    refuseIpv6('EMFILE');
    expect([await listeningHost('::', log), events]).toEqual(['::', []]);
  });

  it('is unchanged for any host other than ::', async () => {
    refuseIpv6('EAFNOSUPPORT');
    expect([await listeningHost('::1', log), await listeningHost('127.0.0.1', log), events]).toEqual(['::1', '127.0.0.1', []]);
  });

  it('applies to the transport of a configuration', async () => {
    refuseIpv6('EAFNOSUPPORT');
    const transport = await makeTransport({ ...defaultConfig(), transport: 'node', port: 0 }, log);
    expect((await transport.listen({} as never)).host).toBe('0.0.0.0');
    await transport.stop();
  });

  it('applies to PeerServer', async () => {
    refuseIpv6('EAFNOSUPPORT');
    const server = await new Promise<net.Server>((resolve) => {
      const handler = PeerServer({ port: 0 }, resolve);
      handler.on('error', (error) => expect.unreachable(error.message));
    });
    expect(server.address()).toMatchObject({ address: '0.0.0.0' });
    await new Promise((resolve) => server.close(resolve));
  });
});
