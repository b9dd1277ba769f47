import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './installed-package.ts';

/** An entry of the lock file. */
interface Locked {
  readonly dev?: true;
  readonly devOptional?: true;
  readonly peer?: true;
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: true;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };

/** The packages that npm installs with this one, as the lock file has them. */
const INSTALLED = Object.entries(packages).filter(
  ([path, { dev, devOptional, peer }]) => path !== '' && dev !== true && devOptional !== true && peer !== true,
);

const MOST_BYTES = 40 * 1024 * 1024;

async function bytesOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe('a production install', () => {
  it('takes at most 40 MB, with the package itself', async () => {
    const folders = INSTALLED.map(([path]) => path).filter((path) => path.lastIndexOf('node_modules/') === 0);
    expect(folders.length).toBeGreaterThan(20);
    const sizes = await Promise.all([...folders, 'dist', 'docs'].map((folder) => bytesOf(join(ROOT, folder))));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });

  it('needs no compiler: no package has an install script', () => {
    expect(INSTALLED.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  });

  it('has no package that asks for a newer Node than this one', () => {
    const newer = INSTALLED.filter(([, { engines }]) =>
      /^\^?(>= ?)?2[1-9](\.|$)/.test(engines?.node?.split('||')[0]?.trim() ?? ''),
    );
    expect(newer.map(([path]) => path)).toEqual([]);
  });
});
