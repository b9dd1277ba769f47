import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_CLI, SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

const TOKEN = 'operator-operator-operator-operator';
const PATIENCE_MS = 60_000;

describe('signalbox top', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-top-'));
  const admin = `unix:${join(folder, 'admin.sock')}`;
  const environment = { ...process.env, SIGNALBOX_ADMIN: admin, SIGNALBOX_ADMIN_TOKEN: TOKEN, NODE_OPTIONS: '' };
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ kind: SIGNALBOX_NODE, options: { admin, admin_token: TOKEN } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('ADM7: prints a snapshot if its output is no terminal', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SIGNALBOX_CLI, 'top'], { env: environment });
    expect(stdout).toMatch(/^signalbox: 1 node\n[^]*\nalone +ready /);
    const json = await promisify(execFile)(process.execPath, [SIGNALBOX_CLI, 'top', '--json'], { env: environment });
    expect(JSON.parse(json.stdout)).toMatchObject({ nodes: [{ node: 'alone' }], missing: [] });
  });

  it('shows a screen in a terminal, and restores the terminal on Ctrl-C', async () => {
    const command = `stty rows 10 cols 60; exec '${process.execPath}' '${SIGNALBOX_CLI}' top`;
    const terminal = spawn('script', ['-qefc', command, '/dev/null'], { env: environment });
    let output = '';
    terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // `close` comes after all output.
    const closed = new Promise<number | null>((resolve) => terminal.once('close', resolve));
    await until(PATIENCE_MS, 'the second screen', () => output.split('signalbox: 1 node').length > 2 || undefined);
    expect(output).toContain('\u001B[?1049h');
    terminal.stdin.write('\u0003');
    expect(await closed).toBe(130);
    expect(output.trimEnd().endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
    const widest = Math.max(...output.split(/\r?\n/).map((line) => line.replaceAll(/\u001B\[[?\d]*[A-Za-z]/g, '').length));
    expect(widest).toBeLessThanOrEqual(60);
  });

  it('exits with 1 and one line without a listener', async () => {
    const failed = await promisify(execFile)(process.execPath, [SIGNALBOX_CLI, 'top', '--admin', '127.0.0.1:1'], {
      env: environment,
    }).catch((error: unknown) => error as { code: number; stderr: string });
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^signalbox top: no answer from [^\n]*\n$/) });
  });
});
