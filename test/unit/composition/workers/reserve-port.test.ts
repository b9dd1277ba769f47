import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ListenError } from '../../../../src/application/ports/transport.ts';
import { reservePort } from '../../../../src/composition/workers/reserve-port.ts';

const host = '127.0.0.1';

it('finds a free port for 0, and leaves it free', async () => {
  const port = await reservePort({ host, port: 0 });
  expect(port).toBeGreaterThan(0);
  expect(await reservePort({ host, port })).toBe(port);
});

it('rejects a port that another program uses', async () => {
  const other = createServer().listen({ host, port: 0 });
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(reservePort({ host, port })).rejects.toThrow(ListenError);
  await expect(reservePort({ host, port })).rejects.toThrow(`port ${port} on ${host} is in use`);
});
