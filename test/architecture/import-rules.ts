import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDependentsForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { ROOT } from './tree.ts';

/** One rule for dependency-cruiser, with a name to fail under and the reason why it is there. */
export type ImportRule = (IRegularForbiddenRuleType | IDependentsForbiddenRuleType) & {
  readonly name: string;
  readonly comment: string;
};

const DOMAIN = '^src/domain/';
const PORTS = '^src/application/ports/';
const APPLICATION = '^src/application/';
const COMPOSITION = '^src/composition/';
const EXPORTS = '^src/exports/';
const CONTRACTS = '^src/contracts/';
const CONFORMANCE = '^conformance/';
const DOCTOR = '^doctor/';
const PAGES = '^pages/';
/** The parts of the doctor that a browser can run. */
const DOCTOR_IN_BROWSERS = '^doctor/(verdicts/|judge/|report/|findings\\.ts$|target\\.ts$)';
/** The shipped code. */
const OURS = '^(src|conformance|doctor|pages)/';
const PACKAGES = 'node_modules/';
const ADAPTER = '^src/adapters/([^/]+)/([^/.]+)';
const OWN_FOLDER = '^src/adapters/$1/$2/';
const SHARED_BY_PORT = '^src/adapters/$1/shared/';
const CONTAINER_FILE = '^src/composition/binding\\.ts$';

const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  exports: Record<string, string | { import: { default: string } }>;
  peerDependencies: Record<string, string>;
};

/** The optional peer dependencies, which the tests install as development dependencies. */
const OPTIONAL_PACKAGES = `^node_modules/(${Object.keys(PACKAGE.peerDependencies).join('|')})/`;

/** The source files of the entry points that other programs import, by their path in the package; its main one is `signalbox`. */
export const API_ENTRY_POINTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PACKAGE.exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [[path === '.' ? 'signalbox' : path.slice(2), sourceOf(target.import.default)]],
  ),
);

/** The command line, which the build joins with its imports: `scripts/build-cli.mjs`. */
const COMMAND_LINE = 'src/composition/cli.ts';

/** All entry points. */
export const ENTRY_POINTS: readonly string[] = [COMMAND_LINE, ...Object.values(API_ENTRY_POINTS)];

/** The commands outside of `src`, which the command line loads on demand by file name. */
export const SUITE_COMMANDS: readonly string[] = ['conformance/conform.ts', 'conformance/conform-report.ts', 'doctor/doctor.ts'];

/** Programs that a command starts by file name. */
const CHILD_PROCESSES: readonly string[] = [
  'doctor/probes/media-process.ts',
  'src/adapters/mailboxes/sqlite/worker.ts',
  'src/composition/workers/worker.ts',
];

/** The scripts of the pages for browsers, which the build bundles. */
const PAGE_SCRIPTS: readonly string[] = ['pages/status/status.ts', 'pages/playground/playground.ts', 'pages/doctor/doctor.ts'];

/** Adapters in memory, which tests of adapters from outside use too. */
const IN_MEMORY =
  '^src/adapters/(mailboxes|directories|buses|cluster-records|transports)/memory/|^src/adapters/clocks/manual\\.ts$';

/** The allowed imports between the layers of `src/` and the other shipped code. Type imports count like value imports. */
export const IMPORT_RULES: readonly ImportRule[] = [
  only({
    name: 'domain-imports-domain-only',
    comment: 'the domain has no dependencies',
    from: { path: DOMAIN },
    may: [DOMAIN],
  }),
  only({
    name: 'ports-import-domain-and-ports-only',
    comment: 'a port uses the types of the domain',
    from: { path: PORTS },
    may: [DOMAIN, PORTS],
  }),
  only({
    name: 'application-imports-domain-and-application-only',
    comment: 'a use-case depends on rules and ports, not on adapters',
    from: { path: APPLICATION, pathNot: PORTS },
    may: [DOMAIN, APPLICATION],
  }),
  only({
    name: 'adapters-import-ports-and-own-folder-only',
    comment: 'an adapter depends on its port, the domain and itself; shared/ has the common code of the adapters of a port',
    from: { path: ADAPTER },
    may: [DOMAIN, PORTS, OWN_FOLDER, SHARED_BY_PORT, PACKAGES, 'node:'],
  }),
  only({
    name: 'composition-imports-src-only',
    comment: 'shipped code does not import tests',
    from: { path: COMPOSITION },
    may: ['^src/', PACKAGES, 'node:'],
  }),
  only({
    name: 'contracts-import-ports-and-memory-only',
    comment: 'the suite of a port knows no adapter, except for those in memory, which it breaks, and the settings of transports',
    from: { path: CONTRACTS },
    may: [DOMAIN, PORTS, CONTRACTS, IN_MEMORY, '^src/adapters/transports/shared/settings\\.ts$', PACKAGES, 'node:'],
  }),
  only({
    name: 'testing-imports-src-only',
    comment: 'a broker in a box is a composition root for tests; shipped code does not import tests',
    from: { path: '^src/testing/' },
    may: ['^src/', 'node:'],
  }),
  only({
    name: 'exports-import-src-only',
    comment: 'an entry point of the package names what it exports, and nothing else',
    from: { path: EXPORTS },
    may: ['^src/'],
  }),
  only({
    name: 'conformance-imports-domain-and-itself-only',
    comment: 'the conformance suite is independent of the broker, but uses the rules of the domain as its oracle',
    from: { path: CONFORMANCE },
    may: [CONFORMANCE, DOMAIN, PACKAGES, 'node:'],
  }),
  only({
    name: 'doctor-imports-domain-and-itself-only',
    comment: 'the doctor is a client of the broker and sees it from outside',
    from: { path: DOCTOR },
    may: [DOCTOR, DOMAIN, PACKAGES, 'node:'],
  }),
  only({
    name: 'pages-import-themselves-and-verdicts-only',
    comment: 'a page runs in a browser: the broker is known by its API, and verdicts are those of the doctor',
    from: { path: PAGES },
    may: [PAGES, DOCTOR_IN_BROWSERS],
  }),
  {
    name: 'container-in-composition-only',
    comment: 'only the composition root depends on the container',
    severity: 'error',
    from: { path: OURS, pathNot: CONTAINER_FILE },
    to: { path: '(^|node_modules/)(inversify|reflect-metadata)(/|$)' },
  },
  {
    name: 'imports-resolve',
    comment: 'every import resolves',
    severity: 'error',
    from: { path: OURS },
    to: { couldNotResolve: true },
  },
  {
    name: 'packages-are-dependencies',
    comment: 'every imported package is a dependency, or an optional peer dependency, which is loaded on use',
    severity: 'error',
    from: { path: OURS },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: [OPTIONAL_PACKAGES] },
  },
  {
    name: 'no-cycles',
    comment: 'no file imports itself through others, type imports included',
    severity: 'error',
    from: { path: OURS },
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'a file without an importer is dead code',
    severity: 'error',
    from: { path: OURS },
    module: {
      path: OURS,
      pathNot: exactly([...ENTRY_POINTS, ...SUITE_COMMANDS, ...PAGE_SCRIPTS, ...CHILD_PROCESSES]),
      numberOfDependentsLessThan: 1,
    },
  },
];

/**
 * A pattern that matches no path cannot fail. @returns each such pattern. Patterns that refer to the importer (`$1`) are left
 * out, because they match for some importers only.
 */
export function deadPatterns(rules: readonly ImportRule[], paths: readonly string[]): string[] {
  return rules.flatMap((rule) => {
    const sides = [rule.from, 'to' in rule ? rule.to : {}, 'module' in rule ? rule.module : {}];
    const patterns = sides.flatMap(({ path, pathNot }) => [path ?? [], pathNot ?? []].flat());
    return patterns
      .filter((pattern) => !/\$\d/.test(pattern) && !paths.some((path) => new RegExp(pattern).test(path)))
      .map((pattern) => `${rule.name}: ${pattern}`);
  });
}

interface AllowList {
  readonly name: string;
  readonly comment: string;
  readonly from: { path: string; pathNot?: string };
  /** Path patterns, and `node:` for the modules of Node. */
  readonly may: readonly string[];
}

/** Imports outside the list are forbidden. Unresolved imports have a rule of their own. */
function only({ name, comment, from, may }: AllowList): ImportRule {
  const builtins = may.includes('node:') ? { dependencyTypesNot: ['core' as const] } : {};
  const pathNot = may.filter((pattern) => pattern !== 'node:');
  return { name, comment, severity: 'error', from, to: { pathNot, couldNotResolve: false, ...builtins } };
}

function exactly(paths: readonly string[]): string[] {
  return paths.map((path) => `^${path.replaceAll('.', '\\.')}$`);
}

/** The source of a built file. */
function sourceOf(target: string): string {
  return target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts');
}
