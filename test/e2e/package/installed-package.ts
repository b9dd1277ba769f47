import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, unless it is 0. */
  readonly code?: number;
}

/** A project outside of the repository that has installed the packed package: its files and its mandatory dependencies. */
export class InstalledPackage {
  readonly #folder: string;
  readonly tarball: string;

  private constructor(folder: string, tarball: string) {
    this.#folder = folder;
    this.tarball = tarball;
  }

  /** @param others packages beside the dependencies. */
  static async create(...others: readonly string[]): Promise<InstalledPackage> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-program-'));
    const modules = join(folder, 'node_modules');
    const installed = join(modules, '@signalbox/broker');
    await mkdir(installed, { recursive: true });
    const tarball = process.env['SIGNALBOX_TARBALL'] ?? (await pack(folder));
    await run('tar', ['--extract', '--file', tarball, '--strip-components', '1', '--directory', installed]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of [...Object.keys(manifest.dependencies), '@types/node', ...others]) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(ROOT, 'node_modules', name), join(modules, name));
    }
    return new InstalledPackage(folder, tarball);
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text);
  }

  /** Runs Node in the folder of the project. */
  async node(...args: readonly string[]): Promise<Output> {
    return run(process.execPath, args, { cwd: this.#folder, timeout: 150_000 }).catch((error: Output) => {
      const { stdout, stderr, code } = error;
      return { stdout, stderr, ...(code === undefined ? {} : { code }) };
    });
  }

  /** Runs a program. */
  async output(file: string, text: string, ...flags: readonly string[]): Promise<Output> {
    await this.write(file, text);
    return this.node(...flags, file);
  }

  /** The command of the package. */
  signalbox(...args: readonly string[]): Promise<Output> {
    return this.node('node_modules/@signalbox/broker/dist/signalbox.js', ...args);
  }

  /** The output of the compiler for a strict program. */
  async typeErrors(file: string, text: string, module = 'nodenext'): Promise<string> {
    await this.write(file, text);
    return this.#tsc('--noEmit', '--module', module, file);
  }

  /** Writes the JavaScript of a strict program beside it. @returns the output of the compiler. */
  compile(file: string): Promise<string> {
    return this.#tsc('--module', 'node16', file);
  }

  async #tsc(...flags: readonly string[]): Promise<string> {
    const strict = '--strict --exactOptionalPropertyTypes --target es2023 --types node --skipLibCheck false';
    return (await this.node(join(ROOT, 'node_modules/typescript-native/bin/tsc'), ...strict.split(' '), ...flags)).stdout;
  }
}

/** The packed package of the present build. `npm test` packs it once, for all tests. */
async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
  return join(folder, stdout.trim());
}
