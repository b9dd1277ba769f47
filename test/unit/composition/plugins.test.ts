import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { loadPlugins } from '../../../src/composition/plugins.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function plugin(text: string): string {
  const path = join(folder, `plugin-${count++}.mjs`);
  writeFileSync(path, text);
  return path;
}

const load = (...paths: string[]) => loadPlugins(paths, defaultConfig());
const LOG = 'export default { log: { record() {} } };';
const methods = (...names: string[]): string => `{ ${names.map((name) => `${name}() {}`).join(', ')} }`;

describe('loadPlugins', () => {
  it('takes the adapters of all default exports', async () => {
    const clock = plugin(`export default { clock: ${methods('now', 'wakeAt')}, mailboxes: undefined };`);
    expect(Object.keys(await load(plugin(LOG), clock)).sort()).toEqual(['clock', 'log', 'mailboxes']);
    expect(await load()).toEqual({});
  });

  it('calls a function with the options, and waits for its promise', async () => {
    const path = plugin('export default async (config) => ({ log: { port: config.port, record() {} } });');
    expect((await load(path)).log).toMatchObject({ port: 9000 });
  });

  it('ports that share their state may be in several plugins', async () => {
    const bus = plugin('export default { bus: () => undefined };');
    const state = plugin('export default { mailboxes: () => undefined, directory: () => undefined };');
    expect(Object.keys(await load(bus, state)).sort()).toEqual(['bus', 'directory', 'mailboxes']);
    await expect(load(bus)).rejects.toThrow(`--plugin ${bus}: adapters.bus is given without mailboxes and directory`);
  });

  it.each([
    ['export const store = 1;', "the module exports 'store'; its default export must be the adapters"],
    ['', 'the module exports nothing; its default export must be'],
    ['export default 5;', 'adapters is 5; it must be an object with any of mailboxes'],
    ['export default { mailboxes: {} };', 'adapters.mailboxes has no method put'],
    ['export default { mailbox: {} };', 'adapters.mailbox is no adapter of the broker; did you mean mailboxes?'],
    ["export default () => { throw new Error('no disk'); };", 'the function failed: no disk'],
    ["throw new Error('no disk');", "can't be loaded: no disk"],
  ])('%s: names the plugin and the fault', async (text, message) => {
    const path = plugin(text);
    await expect(load(path)).rejects.toThrow(`--plugin ${path}: ${message}`);
  });

  it('names a missing file, and an adapter that two plugins have', async () => {
    await expect(load('./gone.mjs')).rejects.toThrow(/^--plugin \.\/gone\.mjs: the file \S+gone\.mjs can't be read; it must be/);
    const [one, other] = [plugin(LOG), plugin(LOG)];
    await expect(load(one, other)).rejects.toThrow(
      `--plugin ${other}: adapters.log is also in --plugin ${one}: remove one of them`,
    );
  });

  it('refuses adapters that the engine of a cluster has too', async () => {
    const path = plugin('export default { mailboxes: () => undefined };');
    const config = { ...defaultConfig(), cluster: 'redis://localhost' };
    await expect(loadPlugins([path], config)).rejects.toThrow('adapters.mailboxes and the option cluster exclude each other');
  });
});
