import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import express from 'express';
import { installedExpress } from '../../../src/composition/installed-express.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-express-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Installs a module in the folder of a program. */
function install(program: string, source: string): string {
  const path = join(folder, program, 'node_modules', 'express');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'index.js'), source);
  return join(folder, program);
}

describe('the Express of the program', () => {
  it('is found from the main script first, then from the current folder', () => {
    const script = process.argv[1];
    const [main, current] = ['main', 'current'].map((name) => install(name, `module.exports = () => '${name}'`));
    vi.spyOn(process, 'cwd').mockReturnValue(current as string);
    try {
      process.argv[1] = join(main as string, 'program.js');
      expect(installedExpress()?.()).toBe('main');
      process.argv[1] = join(folder, 'elsewhere', 'program.js');
      expect(installedExpress()?.()).toBe('current');
    } finally {
      process.argv[1] = script as string;
    }
  });

  it('is found beside this package', () => {
    const script = process.argv[1];
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    try {
      process.argv[1] = join(folder, 'program.js');
      expect(installedExpress()).toBe(express);
    } finally {
      process.argv[1] = script as string;
    }
  });

  it('reports an Express that fails to load', () => {
    vi.spyOn(process, 'cwd').mockReturnValue(install('broken', "throw new Error('broken')"));
    const script = process.argv[1];
    try {
      process.argv[1] = join(folder, 'program.js');
      expect(() => installedExpress()).toThrow('broken');
    } finally {
      process.argv[1] = script as string;
    }
  });
});
