import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../../support/e2e/child.ts';
import { run } from '../../support/e2e/run.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_CLI, SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

describe('signalbox conform, as a command', () => {
  let server: Server;
  let folder: string;
  beforeAll(async () => {
    server = await Server.start({ kind: SIGNALBOX_NODE });
    folder = await mkdtemp(join(tmpdir(), 'conform-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const url = () => `http://${server.host}:${server.port}`;

  it('tests a running server, exits with 0, and writes the reports', async () => {
    const [json, page] = [join(folder, 'a.json'), join(folder, 'a.html')];
    const { code, stdout, stderr } = await run(['conform', '--url', url(), '--only', 'M1', '--json', json, '--report', page]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ ok, 0 loose, 0 failed, 0 dangerous, 0 not testable, in \d/);
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({ suite: 'signalbox conform', server: `${url()}/` });
    const merged = join(folder, 'b.html');
    expect(await run(['conform-report', json, json, '--html', merged])).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(merged, 'utf8')).toContain('<!doctype html>');
  });

  it('exits with 1 for an unreachable server, and with 2 for invalid flags', async () => {
    expect((await run(['conform', '--url', 'http://127.0.0.1:1', '--only', 'H1'])).code).toBe(1);
    expect(await run(['conform'])).toMatchObject({
      code: 2,
      stderr: 'signalbox conform: exactly one of --url and --command is required; see signalbox conform --help\n',
    });
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const list = `"${process.execPath}" "${SIGNALBOX_CLI}" conform --list | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', list]);
    expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
  });

  it('is suggested for a mistyped word', async () => {
    expect(await run(['confrom', '--url', url()])).toMatchObject({
      code: 2,
      stderr: 'signalbox: confrom is not a command; did you mean conform?\nsignalbox: see signalbox --help\n',
    });
  });

  it('is listed in the usage of the broker', async () => {
    const { stdout } = await run(['--help']);
    expect(stdout).toContain('signalbox conform --help');
    expect(stdout).toContain('signalbox conform-report --help');
  });

  it('stops its server on SIGTERM', async () => {
    const file = join(folder, 'port');
    // The server accepts connections but sends no response, so the suite is still waiting.
    const listens = `require('net').createServer().listen(process.argv[1], () => require('fs').writeFileSync('${file}', process.argv[1]))`;
    const command = `"${process.execPath}" -e "${listens}" {port}`;
    const child = new Child([process.execPath, SIGNALBOX_CLI, 'conform', '--command', command]);
    const port = await until(60_000, 'a started server', async () => Number(await readFile(file, 'utf8')));
    child.signal('SIGTERM');
    expect(await child.exited).toMatchObject({ code: 143 });
    await until(60_000, 'the exit of the server', async () => ((await isListening(port)) ? undefined : true));
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
