import { expect, it } from 'vitest';
import { OPTION_NAMES, OPTIONS, type Settings } from '../../../../src/composition/configuration/options.ts';
import { workerConflicts } from '../../../../src/composition/configuration/worker-checks.ts';

const DEFAULTS = Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name].default])) as Settings;

function messages(settings: Partial<Settings>): string[] {
  return workerConflicts({ ...DEFAULTS, ...settings }, (name) => `--${name}`).map(({ message }) => message);
}

it('rejects options that workers can not share', () => {
  expect(messages({ mailboxes: 'sqlite:mail.db', workers: 2 })).toEqual([
    "--mailboxes can't be used with --workers 2, because a file of SQLite belongs to one process: remove one of them",
  ]);
  expect(messages({ metrics_public: true, workers: 'auto' })).toEqual([
    "--metrics_public can't be used with --workers auto, because each worker has metrics of its own: read them from the admin " +
      'listeners (--admin)',
  ]);
});

it('accepts them with one worker, and others with several', () => {
  expect(messages({ mailboxes: 'sqlite:mail.db', metrics_public: true, workers: 1 })).toEqual([]);
  expect(messages({ workers: 4, transport: 'node' })).toEqual([]);
});
