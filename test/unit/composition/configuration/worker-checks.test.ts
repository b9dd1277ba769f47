import { expect, it } from 'vitest';
import { OPTION_NAMES, OPTIONS, type Settings } from '../../../../src/composition/configuration/options.ts';
import { workerConflicts, workerWarnings } from '../../../../src/composition/configuration/worker-checks.ts';

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
  expect(messages({ legacy_xhr: true, workers: 2 })).toEqual([
    "--legacy_xhr can't be used with --workers 2, because the requests of one client reach different workers: remove one of them",
  ]);
});

it('accepts them with one worker, and others with several', () => {
  expect(messages({ mailboxes: 'sqlite:mail.db', metrics_public: true, workers: 1 })).toEqual([]);
  expect(messages({ workers: 4, transport: 'node' })).toEqual([]);
});

it('warns of long polling, which needs one process', () => {
  const warnings = (settings: Partial<Settings>): string[] =>
    workerWarnings({ ...DEFAULTS, ...settings }, (name) => `--${name}`).map((text) => text.slice(0, 61));
  const expected = '--workers 2 needs Socket.IO clients without long polling, becau';
  expect(warnings({ workers: 2, dialects: ['socketio'] })).toEqual([expected.slice(0, 61)]);
  expect(warnings({ workers: 2, all: true })).toEqual([expected.slice(0, 61)]);
  expect(warnings({ workers: 1, dialects: ['socketio'] })).toEqual([]);
  expect(warnings({ workers: 2 })).toEqual([]);
});
