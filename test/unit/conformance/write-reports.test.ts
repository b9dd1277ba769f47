import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../conformance/results.ts';
import { checkReports, textSink, writeReports } from '../../../conformance/write-reports.ts';

const RESULT: RunResult = {
  ...{ suite: 'signalbox conform', format: 1, version: '1', server: 'here', startedAt: '2026-01-01T00:00:00.000Z', took: 1 },
  cases: [{ id: 'M1.a', rule: 'M1', title: 'a', severity: 'required', verdict: 'ok', expected: 'b', took: 1, transcript: [] }],
};
const NONE = { json: undefined, junit: undefined, report: undefined, badge: undefined };

describe('reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(reports: Parameters<typeof writeReports>[1]): { stdout: string; stderr: string } {
    const seen = { stdout: '', stderr: '' };
    const stdout = { write: (text: string) => (seen.stdout += text) };
    const io = { stdout, stderr: { write: (text: string) => (seen.stderr += text) }, isTerminal: false };
    writeReports(RESULT, reports, io);
    textSink(reports, io).write('text');
    return seen;
  }

  it('are written to the given files, and the text report goes to stdout', () => {
    const files = ['a.json', 'a.xml', 'a.html', 'a.svg'].map((name) => join(folder, name));
    const [json, junit, report, badge] = files as [string, string, string, string];
    expect(write({ json, junit, report, badge }).stdout).toBe('text');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual({ ...RESULT, causes: [] });
    expect(readFileSync(junit, 'utf8')).toContain('<testsuites name="here"');
    expect(readFileSync(report, 'utf8')).toContain('<!doctype html>');
    expect(readFileSync(badge, 'utf8')).toContain('<svg');
  });

  it('can go to stdout; the text report then goes to stderr', () => {
    const { stdout, stderr } = write({ ...NONE, json: '-' });
    expect(JSON.parse(stdout)).toEqual({ ...RESULT, causes: [] });
    expect(stderr).toBe('text');
  });

  it('are verified to be writable before the run', () => {
    expect(() => checkReports(NONE)).not.toThrow();
    expect(() => checkReports({ ...NONE, json: join(folder, 'new.json') })).not.toThrow();
    expect(() => checkReports({ ...NONE, json: join(folder, 'gone', 'a.json') })).toThrow(
      /^cannot write --json '.*': the folder does not exist/,
    );
    expect(() => checkReports({ ...NONE, report: folder })).toThrow('is a folder');
    expect(() => checkReports({ ...NONE, json: '-', junit: '-' })).toThrow(
      'only one of --json, --junit, --report, --badge and --save-replay can be - (stdout)',
    );
  });
});
