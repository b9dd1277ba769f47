import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AdminFixture } from '../../../../support/admin-fixture.ts';

let folder: string;
let socket: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'admin-'));
  socket = join(folder, 'admin.sock');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('ADM1: listens on a UNIX socket for its owner and group, in place of a stale one', async () => {
  const stale = createServer();
  await new Promise<void>((resolve) => stale.listen(socket, resolve));
  const busy = new AdminFixture({ place: { socket } });
  await expect(busy.start()).rejects.toThrow(`the admin listener can't use ${socket} (EADDRINUSE): set another --admin`);
  await new Promise((resolve) => stale.close(resolve));

  const admin = await new AdminFixture({ place: { socket } }).start();
  expect((await admin.ask('GET', '/api/overview')).status).toBe(200);
  expect(statSync(socket).mode & 0o777).toBe(0o660);
  await admin.listener.stop();
});

it('ADM1: never removes a file that is no socket', async () => {
  writeFileSync(socket, 'mine');
  await expect(new AdminFixture({ place: { socket } }).start()).rejects.toThrow('EADDRINUSE');
  expect(statSync(socket).size).toBe(4);
});

it('ADM1: reports a port in use', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
  );
  const admin = new AdminFixture({ place: { host: '127.0.0.1', port } });
  await expect(admin.start()).rejects.toMatchObject({ name: 'ListenError', refusal: { reason: 'port-in-use', port } });
  await new Promise((resolve) => other.close(resolve));
});
