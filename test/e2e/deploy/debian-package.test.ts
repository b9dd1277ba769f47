import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, type ServerKind } from '../../support/e2e/server-kinds.ts';

/** The output of a program; undefined if it is not installed. */
async function outputOf(...command: string[]): Promise<{ code: number | null; output: string } | undefined> {
  const child = new Child(command);
  const exit = await child.exited.catch((error: NodeJS.ErrnoException) => error.code);
  if (exit === 'ENOENT' || typeof exit !== 'object') return undefined;
  return { code: exit.code, output: child.stdout + child.stderr };
}

describe('the Debian package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'debian-'));
  const root = join(folder, 'root');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const file = join(ROOT, `build/signalbox_${version}_all.deb`);
  let isBuilt = false;
  beforeAll(async () => {
    if ((await outputOf('dpkg-deb', '--version')) === undefined) return;
    const built = await outputOf(process.execPath, join(ROOT, 'scripts/deb.mjs'));
    expect(built).toEqual({ code: 0, output: `build/signalbox_${version}_all.deb\n` });
    expect(await outputOf('dpkg-deb', '--extract', file, root)).toEqual({ code: 0, output: '' });
    isBuilt = true;
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no findings of lintian', { timeout: 180_000 }, async () => {
    const found = isBuilt ? await outputOf('lintian', '--fail-on', 'warning', '--allow-root', file) : undefined;
    expect(found?.output.split('\n').filter((line) => /^[EW]:/.test(line)) ?? []).toEqual([]);
  });

  it('has a command that serves peers and checks their broker, without the packages of npm', async () => {
    if (!isBuilt) return;
    const program = [process.execPath, join(root, 'usr/bin/signalbox')];
    const port = await freePort();
    const kind: ServerKind = { name: 'signalbox.deb', command: () => [...program, '--host', LOOPBACK, '--port', String(port)] };
    const server = await Server.start({ kind, port });
    await server.connectPeer('ann');
    expect(await outputOf(...program, 'health', '--host', LOOPBACK, '--port', String(port))).toEqual({ code: 0, output: '' });
    server.closeAll();
    await server.stop();
  });

  it('has a unit with a user of its own, and keeps its settings in /etc/signalbox', async () => {
    if (!isBuilt) return;
    const unit = readFileSync(join(root, 'usr/lib/systemd/system/signalbox.service'), 'utf8');
    expect(unit).toContain('ExecStart=/usr/bin/signalbox\nExecReload=');
    expect(unit).toContain('EnvironmentFile=/etc/signalbox/signalbox.env\n');
    expect(unit).toContain('User=signalbox\n');
    const settings = readFileSync(join(root, 'etc/signalbox/signalbox.env'), 'utf8');
    expect(settings.split('\n').filter((line) => /^[^#]/.test(line))).toEqual([]);
    expect((await outputOf('dpkg-deb', '--field', file, 'Depends'))?.output).toBe('nodejs (>= 20.19), adduser\n');
    expect((await outputOf('dpkg-deb', '--info', file, 'postinst'))?.output).toContain('adduser --system --group');
  });
});
