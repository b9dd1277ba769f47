import { describe, expect, it } from 'vitest';
import { usage } from '../../../../src/composition/configuration/help.ts';
import type { Option } from '../../../../src/composition/configuration/option.ts';
import { GROUPS, OPTION_NAMES, OPTIONS } from '../../../../src/composition/configuration/options.ts';

describe('the help text', () => {
  it('lists every option with its letter and group', () => {
    for (const name of OPTION_NAMES) {
      const { short }: Option<unknown, unknown> = OPTIONS[name];
      expect(usage()).toMatch(new RegExp(`^ {2}${short === undefined ? '   ' : `-${short},`} --${name}( |$)`, 'm'));
    }
    for (const [group] of GROUPS) expect(usage()).toContain(`\n\n${group}\n`);
  });

  it('shows the default with its unit', () => {
    expect(usage()).toContain('[5000 ms]');
    expect(usage()).toContain('[2 MiB; hardened 512 KiB]');
    expect(usage()).toMatch(/-h, --help +Prints this help and exits\.\n/);
  });

  it('has examples, exit codes and a link to docs/options.md', () => {
    expect(usage()).toMatch(/\nExamples\n {2}signalbox .*\n/);
    expect(usage()).toContain('Exit codes: 0 after a graceful shutdown');
    expect(usage()).toContain('docs/options.md');
  });

  for (const [columns, widest] of [
    [undefined, 98],
    [200, 98],
    [98, 98],
    [60, 60],
    [1, 40],
  ] as const) {
    it(`fits a terminal of ${columns ?? 'no'} columns, except flags and examples`, () => {
      const text = usage(columns)
        .split('\n')
        .filter((line) => !/^ {2}\S|^ {6}--/.test(line));
      expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(widest);
    });
  }

  it('has no trailing spaces', () => expect(usage(50)).not.toMatch(/[ \u00A0]\n|\u00A0/));
});
