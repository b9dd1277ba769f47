import { describe, expect, it } from 'vitest';
import { hasColors, prettyLine } from '../../../../../src/adapters/logs/shared/pretty.ts';

const LOG = {
  level: 'warn',
  time: '2026-01-02T03:04:05.006Z',
  event: 'peer-closed',
  peer: 'ann',
  why: 'a "b"',
  msg: 'peer closed',
};

describe('a line for a terminal', () => {
  it('has the local time, the level, the text and the other fields', () => {
    const hours = String(new Date(LOG.time).getHours()).padStart(2, '0');
    const [time, text] = prettyLine(LOG, false).split('] ');
    expect(time).toMatch(new RegExp(`^\\[${hours}:\\d\\d:05\\.006$`));
    expect(text).toBe('WARN: peer closed peer=ann why="a \\"b\\""\n');
  });

  it('colors the level and the text', () => {
    expect(prettyLine(LOG, true)).toMatch(/\u001B\[33mWARN\u001B\[39m: \u001B\[36mpeer closed .*\u001B\[39m\n$/);
  });

  it('replaces control characters of a stack', () => {
    expect(prettyLine({ ...LOG, error: { stack: 'Error: a\u001B[2J\n    at b' } }, false)).toContain(
      '\nError: a?[2J\n    at b\n',
    );
  });
});

describe('colors', () => {
  const terminal = { isTTY: true } as NodeJS.Process['stdout'];

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are off with %o', (env) => {
    expect(hasColors({ stdout: terminal, env })).toBe(false);
  });

  it('are on at a terminal only', () => {
    expect(hasColors({ stdout: terminal, env: { NO_COLOR: '' } })).toBe(true);
    expect(hasColors({ stdout: { isTTY: false } as NodeJS.Process['stdout'], env: {} })).toBe(false);
  });
});
