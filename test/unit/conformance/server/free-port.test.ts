import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../../../conformance/server/free-port.ts';

it('returns a port that a server can listen on', async () => {
  const port = await freePort('127.0.0.1');
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(server.address()).toMatchObject({ port });
  server.close();
});

it('returns another port in each call, below those of connections', async () => {
  const ports: number[] = [];
  for (let n = 0; n < 100; n++) ports.push(await freePort('127.0.0.1'));
  expect(new Set(ports).size).toBe(ports.length);
  for (const port of ports) expect(port).toBeLessThan(15_000);
});
