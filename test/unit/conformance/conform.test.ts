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

  it('returns 0 if no case failed', async () => {
    const { code, stdout, stderr } = await run(...url(), '--only', 'M1.offer');
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 ok, 0 loose, 0 failed')]);
    expect(stderr).toContain('1/1  1 ok  M1.offer');
  });

  it('returns 1 for a failed case, and reports it', async () => {
    const { code, stdout } = await run(...url(), '--only', 'O1.key-only');
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED O1.key-only')]);
  });

  it('returns 1 for a loose case with --strict', async () => {
    expect((await run(...url(), '--only', 'H1.describes')).code).toBe(0);
    expect((await run(...url(), '--only', 'H1.describes', '--strict')).code).toBe(1);
  });

  it('returns 1 if no case could be tested', async () => {
    expect((await run(...url(), '--only', 'M19')).code).toBe(1);
  });

  it('writes the results as JSON to a file or stdout', async () => {
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

  it('prints the usage and the list of cases', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: signalbox conform') });
    expect((await run('--list')).stdout.trimEnd().split('\n')).toHaveLength(ALL_CASES.length);
    const listed = (await run('--list', '--dialect', 'relay')).stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.split(':')[0])).toEqual(DIALECTS.relay.cases.map(({ id }) => id));
  });

  it('tests another dialect', async () => {
    const { code, stdout } = await run(...url(), '--dialect', 'relay', '--only', 'REL1.publish');
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED REL1.publish')]);
  });

  it('returns 2 and prints one line for invalid arguments', async () => {
    const expected = 'signalbox conform: exactly one of --url and --command is required; see signalbox conform --help\n';
    expect(await run()).toEqual({ code: 2, stdout: '', stderr: expected });
    expect((await run(...url(), '--only', 'Q1')).stderr).toBe(
      'signalbox conform: --only Q1 matches no case; list the cases with --list\n',
    );
  });
});
