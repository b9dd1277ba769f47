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

  it('takes a title, and writes to stdout', async () => {
    const { code, stdout } = await run('--title', 'Ours', '--html', '-', one);
    expect(code).toBe(0);
    expect(stdout).toContain('<title>Ours</title>');
  });

  it.each(['--help', '-h'])('prints its usage: %s', async (flag) => {
    const { code, stdout } = await run(flag);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: signalbox conform-report RESULT\.json/);
  });

  it.each<[string, () => string[], RegExp]>([
    ['no result', () => ['--html', place('a.html')], /needs at least one result/],
    ['no page', () => [one], /needs --html FILE/],
    ['a flag that is not known', () => [one, '--htlm', 'x'], /--htlm/],
    ['a flag without its value', () => [one, '--html'], /--html/],
    ['a result that is not there', () => [place('gone.json'), '--html', '-'], /gone\.json can't be read: ENOENT/],
    ['a result that is a folder', () => [folder, '--html', '-'], /can't be read: EISDIR/],
    ['no JSON', () => [written('text.json', 'hello'), '--html', '-'], /text\.json is no JSON/],
    [
      'foreign JSON',
      () => [written('foreign.json', '{"name":"x"}'), '--html', '-'],
      /foreign\.json is no result of signalbox conform/,
    ],
    ['a newer format', () => [written('new.json', '{"suite":"signalbox conform","format":9}'), '--html', '-'], /has format 9/],
    [
      'a page that can not be written',
      () => [one, '--html', place('no/such/folder.html')],
      /folder\.html can't be written: ENOENT/,
    ],
  ])('says in one line what is wrong, and ends with 2: %s', async (_, args, complaint) => {
    const { code, stdout, stderr } = await run(...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr).toMatch(/^signalbox conform-report: [^\n]+\n$/);
  });
});
