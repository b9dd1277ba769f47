import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { loadOptional } from '../../../src/composition/optional-package.ts';

const NATS = { feature: '--cluster with NATS', packages: ['@nats-io/kv@3', 'other@1'] };

function failure(code: string, message: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(message), { code }));
}

describe('a part of the broker with optional packages', () => {
  it('is what its import returns', async () => {
    expect(await loadOptional(NATS, () => Promise.resolve('engine'))).toBe('engine');
  });

  it.each([
    ['ERR_MODULE_NOT_FOUND', "Cannot find package '@nats-io/kv' imported from /srv/engine.js"],
    ['MODULE_NOT_FOUND', "Cannot find module '@nats-io/kv/lib/mod.js'\nRequire stack:\n- /srv/engine.cjs"],
  ])('names the command that installs a missing package (%s)', async (code, message) => {
    const loading = loadOptional(NATS, failure(code, message));
    await expect(loading).rejects.toThrow(ConfigError);
    await expect(loading).rejects.toThrow(
      '--cluster with NATS needs the package @nats-io/kv, which is not installed: npm install @nats-io/kv@3 other@1',
    );
  });

  it.each([
    ['ERR_MODULE_NOT_FOUND', "Cannot find package 'a-part-of-kv' imported from /srv/engine.js"],
    ['ERR_MODULE_NOT_FOUND', "Cannot find module '/srv/file.js' imported from /srv/engine.js"],
    ['ERR_DLOPEN_FAILED', "Cannot find package '@nats-io/kv'"],
  ])('does not hide another failure: %s, %s', async (code, message) => {
    await expect(loadOptional(NATS, failure(code, message))).rejects.toMatchObject({ code, message });
  });

  it('is not a mandatory dependency, and the command installs a version that the package allows', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, Record<string, unknown>>;
    const source = await readFile('src/composition/adapter-registry.ts', 'utf8');
    const commands = await readFile('src/composition/commands.ts', 'utf8');
    const installed = [...`${source}${commands}`.matchAll(/'((?:@[\w-]+\/)?[\w-]+)@(\d+)'/g)];
    expect(installed.map(([, name]) => name)).toContain('ioredis');
    for (const [, name = '', major = ''] of installed) {
      expect(manifest['dependencies']).not.toHaveProperty([name]);
      expect(manifest['peerDependencies']?.[name]).toMatch(new RegExp(`^\\^${major}\\.`));
      expect(manifest['peerDependenciesMeta']?.[name]).toEqual({ optional: true });
    }
  });
});
