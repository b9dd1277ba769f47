import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { applicationFiles, moduleFolders } from '../../../../../src/adapters/transports/shared/application-modules.ts';

const script = process.argv[1] as string;

afterEach(() => {
  vi.restoreAllMocks();
  process.argv[1] = script;
});

describe('the modules of the program', () => {
  it('are beside its main script, then in the current folder, then beside this package', () => {
    process.argv[1] = '/program/main.js';
    vi.spyOn(process, 'cwd').mockReturnValue('/here');
    const [main, current] = applicationFiles();
    expect([main, current]).toEqual([pathToFileURL('/program/main.js').href, pathToFileURL('/here/index.js').href]);
    const folders = moduleFolders('express');
    expect(folders.indexOf('/program/node_modules/express')).toBeLessThan(folders.indexOf('/here/node_modules/express'));
    expect(folders).toContain(join(process.cwd(), 'node_modules/express'));
    expect(new Set(folders).size).toBe(folders.length);
  });
});
