import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { conform } from '../../../conformance/conform.ts';
import { DIALECTS } from '../../../conformance/dialects.ts';
import type { RunResult } from '../../../conformance/results.ts';
import { SmallServer } from './small-server.ts';

describe('signalbox conform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conform-'));
  let server: SmallServer;
  beforeAll(async () => {
    server = await SmallServer.start();
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });

  async function run(...args: string[]) {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const io = { stdout: { write: (text: string) => stdout.push(text) }, stderr: { write: (text: string) => stderr.push(text) } };
    const code = await conform(args, { ...io, isTerminal: args.includes('--only') });
    return { code, stdout: stdout.join(''), stderr: stderr.join('') };
  }
  const url = () => ['--url', `http://127.0.0.1:${server.port}`, '--patience', '300'];

  it('ends with 0 where nothing failed', async () => {
    const { code, stdout, stderr } = await run(...url(), '--only', 'M1.offer');
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 ok, 0 loose, 0 failed')]);
    expect(stderr).toContain('1/1  1 ok  M1.offer');
  });

  it('ends with 1 where something failed, and says what', async () => {
    const { code, stdout } = await run(...url(), '--only', 'O1.key-only');
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED O1.key-only')]);
  });

  it('ends with 1 for what is loose where it is strict', async () => {
    expect((await run(...url(), '--only', 'H2.uuid')).code).toBe(0);
    expect((await run(...url(), '--only', 'H2.uuid', '--strict')).code).toBe(1);
  });

  it('ends with 1 where nothing could be asked', async () => {
    expect((await run(...url(), '--only', 'M19')).code).toBe(1);
  });

  it('writes the results as JSON, to a file or to stdout', async () => {
    const file = join(folder, 'out.json');
    await run(...url(), '--only', 'M1.of*', '--json', file, '--name', 'small');
    const written = JSON.parse(readFileSync(file, 'utf8')) as RunResult;
    expect(written).toMatchObject({
      suite: 'signalbox conform',
      format: 1,
      server: 'small',
      cases: [{ id: 'M1.offer', verdict: 'ok' }],
    });
    const { stdout } = await run(...url(), '--only', 'M1.of*', '--json', '-');
    expect(JSON.parse(stdout)).toMatchObject({ cases: [{ id: 'M1.offer' }] });
  });

  it('tells its usage and its cases', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: signalbox conform') });
    expect((await run('--list')).stdout.trimEnd().split('\n')).toHaveLength(ALL_CASES.length);
    const listed = (await run('--list', '--dialect', 'relay')).stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.split(':')[0])).toEqual(DIALECTS.relay.cases.map(({ id }) => id));
  });

  it('asks about another dialect', async () => {
    const { code, stdout } = await run(...url(), '--dialect', 'relay', '--only', 'REL1.publish');
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED REL1.publish')]);
  });

  it('ends with 2 and one line for what can not be used', async () => {
    const expected = 'signalbox conform: needs either --url or --command\n';
    expect(await run()).toEqual({ code: 2, stdout: '', stderr: expected });
    expect((await run(...url(), '--only', 'Q1')).stderr).toBe('signalbox conform: --only Q1 names no case; --list prints them\n');
  });
});
