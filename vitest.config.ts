import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** For two cores, of which vitest would leave one idle. */
const WORKERS = { maxWorkers: 2, sequence: { groupOrder: 0 } };
/** Some contract tests wait for timeouts of engines and transports. */
const SOME_WAITING = { maxWorkers: 3, sequence: { groupOrder: 1 } };
/** End-to-end tests start other processes, and spend most of their time waiting. */
const MUCH_WAITING = { maxWorkers: 6, sequence: { groupOrder: 2 } };

/** The soak fills a busy machine for minutes. */
const SLOW = { testTimeout: 300_000, hookTimeout: 300_000 };

/** Files of a project share the modules of their worker, because loading them again costs more than most tests. */
const SHARED_MODULES = { isolate: false, setupFiles: ['test/support/same-seed.ts'] };

/** Tests of the soak, which the test command leaves out: they are slow, and vary tests that it runs. */
const OF_SOAK = 'test/**/*.soak.test.ts';

/** Without `exclude`, because a project that has one ignores `--exclude` of the command line. */
const suite = (name: string) => ({
  ...{ name, include: [`test/${name}/**/!(*.soak).test.ts`], ...SHARED_MODULES, ...WORKERS },
});

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...suite('architecture'), testTimeout: 120_000, hookTimeout: 120_000 } },
      { test: { ...suite('unit'), testTimeout: 60_000 } },
      { test: { ...suite('contracts'), testTimeout: 60_000, ...SOME_WAITING } },
      { test: { ...suite('property'), testTimeout: 60_000 } },
      { test: { ...suite('e2e'), testTimeout: 120_000, hookTimeout: 120_000, ...MUCH_WAITING } },
      { test: { name: 'soak', include: [OF_SOAK], ...SHARED_MODULES, ...SLOW, ...MUCH_WAITING } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'conformance/**', 'doctor/**'],
      reporter: ['text', 'html'],
      // For each file of the domain. These thresholds are never lowered.
      thresholds: { perFile: true, 'src/domain/**': { lines: 100, branches: 95 } },
    },
  },
});
