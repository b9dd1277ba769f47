import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findLibrary } from '../../../../../src/adapters/transports/uws/library.ts';

let folder: string;
const script = process.argv[1] as string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-uws-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.argv[1] = script;
  rmSync(folder, { recursive: true });
});

/** Writes a module. @param parts of its `package.json`. */
function write(place: string, file: string, source: string, parts: object = {}): string {
  const path = join(folder, place);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ version: '20.67.0', ...parts }));
  writeFileSync(join(path, file), source);
  return path;
}

const COMMONJS = 'module.exports = { App() {} };';

describe('uWebSockets.js', () => {
  it('of the program is preferred, with its version', async () => {
    const installed = write('app/node_modules/uWebSockets.js', 'uws.js', COMMONJS, { main: 'uws.js' });
    process.argv[1] = join(folder, 'app/program.js');
    expect(await findLibrary()).toMatchObject({ folder: installed, version: '20.67.0' });
  });

  it('of the current folder is the next', async () => {
    const installed = write('here/node_modules/uWebSockets.js', 'uws.js', COMMONJS, { main: 'uws.js' });
    process.argv[1] = join(folder, 'elsewhere/program.js');
    vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'here'));
    expect(await findLibrary()).toMatchObject({ folder: installed });
  });

  it('that can not load is skipped, unless it is the wanted one', async () => {
    const source = "throw new Error('only Node.js 22, 24 and 26\\nare supported');";
    const broken = write('app/node_modules/uWebSockets.js', 'uws.js', source, { main: 'uws.js' });
    process.argv[1] = join(folder, 'app/program.js');
    expect(await findLibrary(broken)).toEqual({ fault: `${broken}: only Node.js 22, 24 and 26`, isInstalled: true });
    const found = await findLibrary();
    expect('folder' in found ? found.folder : found.isInstalled).not.toBe(broken);
  });

  it.each([
    ['a folder', './own', 'index.mjs', 'export const App = () => undefined;', { exports: { import: './index.mjs' } }],
    ['a folder without a point', 'own', 'uws.js', COMMONJS, { main: 'uws.js' }],
    ['the name of a module', '@me/uws', 'uws.js', COMMONJS, { main: 'uws.js' }],
  ])('can be %s', async (_, wanted, file, source, parts) => {
    const place = wanted.startsWith('@') ? join('node_modules', wanted) : wanted;
    const path = write(place, file, source, parts);
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    expect(await findLibrary(wanted === './own' ? path : wanted.startsWith('@') ? wanted : path)).toMatchObject({ folder: path });
  });

  it('is recognized by its exports', async () => {
    const path = write('other', 'index.js', 'module.exports = {};');
    expect(await findLibrary(path)).toEqual({ fault: `${path}: the module does not export App`, isInstalled: true });
  });

  it('that is not there is reported', async () => {
    expect(await findLibrary('no-such-module')).toEqual({
      fault: 'no-such-module is neither an installed module nor its folder',
      isInstalled: false,
    });
  });
});
