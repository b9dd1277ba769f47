import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippet } from '../docs/snippet.ts';
import { run } from '../../support/e2e/run.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK } from '../../support/e2e/server-kinds.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugin-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function plugin(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('--plugin', () => {
  it('a store of a plugin holds the messages of an absent peer', async () => {
    // The class of the page, without the broker of the page.
    const [, store = ''] = /(class MapStore \{[^]*\n\})\n/.exec(snippet('docs/adding-an-adapter.md', 'adapters')) ?? [];
    const path = plugin(
      'store.mjs',
      `const copyMessage = (m) => structuredClone(m); const NEVER = Infinity;\n${store}\nexport default () => ({ mailboxes: new MapStore() });\n`,
    );
    const command = (port: number) => [
      process.execPath,
      'dist/signalbox.js',
      '--port',
      String(port),
      '--host',
      LOOPBACK,
      '--plugin',
      path,
    ];
    const server = await Server.start({ kind: { name: 'plugin', command } });
    try {
      const ann = await server.connectPeer('ann');
      ann.send({ type: 'OFFER', dst: 'bob', payload: 'held' });
      const bob = await server.connectPeer('bob', { id: 'bob' });
      expect(await bob.receive()).toEqual({ type: 'OFFER', src: ann.id, dst: 'bob', payload: 'held' });
    } finally {
      await server.stop();
    }
  });

  it('an adapter that does not fit ends the program, with its plugin, its name and the missing methods', async () => {
    const path = plugin('wrong.mjs', 'export default { mailboxes: { put() {} } };');
    const made = plugin('made.mjs', 'export default { transport: () => undefined };');
    const { code, stderr } = await run(['--port', '0', '--plugin', path]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`--plugin ${path}: adapters.mailboxes has no method take, no method waiting`),
    ]);
    expect(await run(['--port', '0', '--plugin', made])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('adapters.transport is undefined'),
    });
  });
});
