import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { conformReport } from '../../../conformance/conform-report.ts';
import { sampleCase, sampleRun } from './report/sample-runs.ts';

describe('signalbox conform-report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conform-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const place = (name: string) => join(folder, name);
  const written = (name: string, text: string) => {
    writeFileSync(place(name), text);
    return place(name);
  };
  const one = written('one.json', JSON.stringify(sampleRun([sampleCase('M1.a')], 'one')));
  const other = written('other.json', JSON.stringify(sampleRun([sampleCase('M2.a')], 'other')));

  async function run(...args: string[]) {
    const seen = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (seen[name] += text) });
    const code = await conformReport(args, { stdout: sink('stdout'), stderr: sink('stderr'), isTerminal: false });
    return { code, ...seen };
  }

  it('merges results into one page', async () => {
    expect(await run(one, other, '--html', place('page.html'))).toEqual({ code: 0, stdout: '', stderr: '' });
    const page = readFileSync(place('page.html'), 'utf8');
    for (const name of ['one', 'other', 'M1', 'M2', 'Conformance of 2 servers']) expect(page).toContain(name);
  });

  it('accepts a title, and writes to stdout', async () => {
    const { code, stdout } = await run('--title', 'Ours', '--html', '-', one);
    expect(code).toBe(0);
    expect(stdout).toContain('<title>Ours</title>');
  });

  it.each(['--help', '-h'])('prints the usage: %s', async (flag) => {
    const { code, stdout } = await run(flag);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: signalbox conform-report RESULT\.json/);
  });

  it.each<[string, () => string[], RegExp]>([
    ['no result', () => ['--html', place('a.html')], /at least one result file is required/],
    ['no page', () => [one], /--html FILE is required/],
    ['an unknown flag', () => [one, '--htlm', 'x'], /--htlm/],
    ['a flag without a value', () => [one, '--html'], /--html/],
    ['a missing result file', () => [place('gone.json'), '--html', '-'], /cannot read .*gone\.json: ENOENT/],
    ['a folder instead of a result file', () => [folder, '--html', '-'], /cannot read .*: EISDIR/],
    ['a file that is not JSON', () => [written('text.json', 'hello'), '--html', '-'], /text\.json is not JSON/],
    [
      'JSON of another program',
      () => [written('foreign.json', '{"name":"x"}'), '--html', '-'],
      /foreign\.json is not a result of signalbox conform/,
    ],
    [
      'an unsupported format',
      () => [written('new.json', '{"suite":"signalbox conform","format":9}'), '--html', '-'],
      /has the unsupported format 9/,
    ],
    ['a page that cannot be written', () => [one, '--html', place('no/such/folder.html')], /cannot write .*folder\.html: ENOENT/],
  ])('reports the error in one line and returns 2: %s', async (_, args, complaint) => {
    const { code, stdout, stderr } = await run(...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr).toMatch(/^signalbox conform-report: [^\n]+\n$/);
  });
});
