import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage, ROOT } from './installed-package.ts';

const LIBRARY = join(ROOT, 'node_modules/uWebSockets.js');
const CLI = 'node_modules/@signalbox/broker/dist/signalbox.js';
const BINARY = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;

let project: InstalledPackage;

beforeAll(async () => {
  project = await InstalledPackage.create();
  const copied = (path: string): boolean => !path.endsWith('.node') || path.endsWith(BINARY);
  await cp(LIBRARY, project.path('renamed/own-uws'), { recursive: true, filter: copied });
});

afterAll(() => project.remove());

/** The lines of a broker until it listens. */
async function startLog(...flags: readonly string[]): Promise<Record<string, unknown>[]> {
  const args = [CLI, '--port', '0', '--host', '127.0.0.1', '--log_format', 'json', ...flags];
  const broker = spawn(process.execPath, args, { cwd: project.path('.'), stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Record<string, unknown>[] = [];
  for await (const text of createInterface(broker.stdout)) {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    if (lines.at(-1)?.['event'] === 'listening') break;
  }
  broker.kill();
  await once(broker, 'exit');
  return lines;
}

describe('the command with uWebSockets.js of the user', () => {
  it('serves with a renamed copy, and logs its version and the ABI', async () => {
    const [loaded, listening] = await startLog('--uws', './renamed/own-uws');
    const folder = project.path('renamed/own-uws');
    expect(loaded).toMatchObject({ event: 'uws-loaded', abi: process.versions.modules, folder });
    expect(loaded?.['msg']).toMatch(/^uWebSockets\.js \d+\.\d+\.\d+ has a build for ABI \d+$/);
    expect(listening).toMatchObject({ event: 'listening', transport: 'uws' });
  });

  it('serves a program that requires the package where require loads no ES modules', async () => {
    const text = `
      const { createBroker } = require('@signalbox/broker');
      const log = { record: ({ event }) => event === 'uws-loaded' && console.log(event) };
      const broker = createBroker({ port: 0, host: '127.0.0.1', transport: 'uws', uws: './renamed/own-uws', log });
      broker.listen().then(() => broker.close()).catch(({ message }) => console.log(message));
    `;
    const { stdout } = await project.output('uws.cjs', text, '--no-experimental-require-module');
    expect(stdout).toBe('uws-loaded\n');
  });

  it('does not start with a folder that has no such library', async () => {
    const { code, stderr } = await project.node(CLI, '--port', '0', '--uws', './renamed');
    const reason = './renamed is neither an installed module nor its folder';
    expect({ code, stderr }).toEqual({ code: 1, stderr: `signalbox: uWebSockets.js can't be loaded: ${reason}\n` });
  });

  it('serves without the library, and says so', async () => {
    const [unavailable, listening] = await startLog();
    expect(unavailable).toMatchObject({ level: 'info', taken: 'node', detail: 'uWebSockets.js is not installed' });
    expect(listening).toMatchObject({ transport: 'node' });
  });

  it('finds the library that the application has installed', async () => {
    await mkdir(project.path('node_modules'), { recursive: true });
    await symlink(project.path('renamed/own-uws'), project.path('node_modules/uWebSockets.js'));
    const [loaded] = await startLog();
    expect(loaded).toMatchObject({ event: 'uws-loaded', folder: project.path('node_modules/uWebSockets.js') });
  });
});
