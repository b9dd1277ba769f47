import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/e2e/run.ts';
import { Server } from '../../support/e2e/server.ts';
import { framesBeforeEcho } from '../../support/e2e/server-client.ts';
import { LOOPBACK, SIGNALBOX_CLI } from '../../support/e2e/server-kinds.ts';
import { openInThread, SQLITE_ENV } from '../../support/sqlite.ts';

const environment = { NODE_PATH: SQLITE_ENV['NODE_PATH'] ?? '' };

let folder = '';
let path = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailboxes-'));
  path = join(folder, 'mail.db');
});
afterAll(() => rmSync(folder, { recursive: true }));

const flags = (port: number): string[] => [
  ...['--port', String(port), '--host', LOOPBACK, '--mailboxes', `sqlite:${path}`, '--expire_timeout', '600000'],
];

function startBroker(): Promise<Server> {
  const command = (port: number): string[] => [process.execPath, SIGNALBOX_CLI, ...flags(port)];
  return Server.start({ kind: { name: 'signalbox with SQLite', command }, environment });
}

describe('--mailboxes sqlite', () => {
  it('M24: held messages survive a SIGKILL and a graceful restart, in their order, and are delivered once', async () => {
    const killed = await startBroker();
    const ann = await killed.connectPeer('ann', { id: 'ann' });
    for (const payload of ['one', 'two']) ann.send({ type: 'OFFER', dst: 'bob', payload });
    // The list of waiting messages of carol shows that the earlier ones are written.
    ann.send({ type: 'OFFER', dst: 'carol', payload: 'for carol' });
    expect(await framesBeforeEcho(ann)).toEqual([]);
    const carol = await killed.connectPeer('carol', { id: 'carol' });
    expect(await carol.receive()).toMatchObject({ payload: 'for carol' });
    killed.signal('SIGKILL');
    await killed.exited;

    const second = await startBroker();
    const eve = await second.connectPeer('eve', { id: 'eve' });
    eve.send({ type: 'OFFER', dst: 'bob', payload: 'three' });
    expect(await framesBeforeEcho(eve)).toEqual([]);
    second.signal('SIGTERM');
    await second.exited;

    const third = await startBroker();
    try {
      const bob = await third.connectPeer('bob', { id: 'bob' });
      const payloads = [await bob.receive(), await bob.receive(), await bob.receive()];
      expect(payloads).toMatchObject([{ payload: 'one' }, { payload: 'two' }, { src: 'eve', payload: 'three' }]);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(third.output).not.toContain('Warning');
      const { code, stderr } = await run(flags(0), environment);
      expect([code, stderr]).toEqual([
        1,
        `signalbox: the mailbox store can not start: ${path} is in use by another process: give each broker a file of its own\n`,
      ]);
    } finally {
      await third.stop();
    }
    const fourth = await startBroker();
    try {
      const bob = await fourth.connectPeer('bob', { id: 'bob' });
      const ann = await fourth.connectPeer('ann', { id: 'ann' });
      ann.send({ type: 'OFFER', dst: 'bob', payload: 'now' });
      expect(await bob.receive()).toMatchObject({ payload: 'now' });
    } finally {
      await fourth.stop();
    }
  });

  it('M24: while the file is locked, the sender receives EXPIRE and /readyz is 503; afterwards messages are held again', async () => {
    const broker = await startBroker();
    try {
      const ann = await broker.connectPeer('ann', { id: 'ann' });
      const other = openInThread()(path);
      other.exec('BEGIN IMMEDIATE');
      ann.send({ type: 'OFFER', dst: 'dave', payload: 'lost' });
      expect(await ann.receive()).toEqual({ type: 'EXPIRE', src: 'dave', dst: 'ann' });
      const ready = () => broker.requestAt('/readyz');
      expect(await ready()).toMatchObject({ status: 503, body: 'the mailbox store can not write\n' });
      other.exec('ROLLBACK');
      other.close();
      ann.send({ type: 'OFFER', dst: 'dave', payload: 'held' });
      expect(await framesBeforeEcho(ann)).toEqual([]);
      const dave = await broker.connectPeer('dave', { id: 'dave' });
      expect(await dave.receive()).toMatchObject({ payload: 'held' });
      expect((await ready()).status).toBe(200);
      expect(broker.output).toContain('"event":"mailbox-store-failed","detail":"database is locked"');
      expect(broker.output).toContain('"event":"mailbox-store-recovered"');
    } finally {
      await broker.stop();
    }
  });

  it('a file that is no database ends the program with the file and the next step', async () => {
    const text = join(folder, 'text.db');
    writeFileSync(text, 'This is a text, not a database. '.repeat(40));
    const { code, stderr } = await run(['--port', '0', '--mailboxes', `sqlite:${text}`], environment);
    const detail = `${text} is damaged (file is not a database): restore a backup, or remove the file, and its messages with it`;
    expect([code, stderr]).toEqual([1, `signalbox: the mailbox store can not start: ${detail}\n`]);
  });
});
