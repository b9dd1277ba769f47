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
const CONFORMANCE = '^conformance/';
/** What is shipped. */
const OURS = '^(src|conformance)/';
const PACKAGES = 'node_modules/';
const ADAPTER = '^src/adapters/([^/]+)/([^/.]+)';
const OWN_FOLDER = '^src/adapters/$1/$2/';
const SHARED_BY_PORT = '^src/adapters/$1/shared/';
const CONTAINER_FILE = '^src/composition/binding\\.ts$';

/** What a user starts or imports: the targets that package.json names, as their sources. */
export const ENTRY_POINTS: readonly string[] = targetsIn(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  .filter((target) => target.endsWith('.js'))
  .map((target) => target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'));

/** What the command line loads by its file name, when it is asked for it: the commands of the conformance suite. */
export const SUITE_COMMANDS: readonly string[] = ['conformance/conform.ts', 'conformance/conform-report.ts'];

/** Adapters that only tests plug in; a broker never does, so no file of ours imports them. */
const DOUBLES = ['^src/adapters/clocks/manual\\.ts$', '^src/adapters/transports/memory/'];

/** The rooms of `src/`, the suite beside it, and who may import whom; types count like values. */
export const IMPORT_RULES: readonly ImportRule[] = [
  only({
    name: 'domain-imports-domain-only',
    comment: 'the rules of the protocol know nobody',
    from: { path: DOMAIN },
    may: [DOMAIN],
  }),
  only({
    name: 'ports-import-domain-and-ports-only',
    comment: 'a port speaks the words of the domain',
    from: { path: PORTS },
    may: [DOMAIN, PORTS],
  }),
  only({
    name: 'application-imports-domain-and-application-only',
    comment: 'a use-case knows rules and ports, never who is plugged in',
    from: { path: APPLICATION, pathNot: PORTS },
    may: [DOMAIN, APPLICATION],
  }),
  only({
    name: 'adapters-import-ports-and-own-folder-only',
    comment: 'an adapter knows its port, the domain and itself; what the adapters of one port share stands in shared/',
    from: { path: ADAPTER },
    may: [DOMAIN, PORTS, OWN_FOLDER, SHARED_BY_PORT, PACKAGES, 'node:'],
  }),
  only({
    name: 'composition-imports-src-only',
    comment: 'what is shipped needs no test',
    from: { path: COMPOSITION },
    may: ['^src/', PACKAGES, 'node:'],
  }),
  only({
    name: 'conformance-imports-domain-and-itself-only',
    comment: 'who judges servers is no part of one; the rules of the protocol are its oracle',
    from: { path: CONFORMANCE },
    may: [CONFORMANCE, DOMAIN, PACKAGES, 'node:'],
  }),
  {
    name: 'container-in-composition-only',
    comment: 'the core, the adapters and the suite know no container',
    severity: 'error',
    from: { path: OURS, pathNot: CONTAINER_FILE },
    to: { path: '(^|node_modules/)(inversify|reflect-metadata)(/|$)' },
  },
  {
    name: 'imports-resolve',
    comment: 'what is imported is there',
    severity: 'error',
    from: { path: OURS },
    to: { couldNotResolve: true },
  },
  {
    name: 'packages-are-dependencies',
    comment: 'who installs the broker gets every package that it imports',
    severity: 'error',
    from: { path: OURS },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
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
    comment: 'a file that no other imports is no part of the broker, nor of the suite',
    severity: 'error',
    from: { path: OURS },
    module: {
      path: OURS,
      pathNot: [...exactly([...ENTRY_POINTS, ...SUITE_COMMANDS]), ...DOUBLES],
      numberOfDependentsLessThan: 1,
    },
  },
];

/**
 * A rule about nothing can't fail. @returns each pattern of a rule that matches no path. Patterns
 * that refer to the importer (`$1`) are left out: they may match for some and not for others.
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
  /** Path patterns, and `node:` for what Node brings. */
  readonly may: readonly string[];
}

/** Whatever is not on the list is forbidden. What can't be found has a rule of its own. */
function only({ name, comment, from, may }: AllowList): ImportRule {
  const builtins = may.includes('node:') ? { dependencyTypesNot: ['core' as const] } : {};
  const pathNot = may.filter((pattern) => pattern !== 'node:');
  return { name, comment, severity: 'error', from, to: { pathNot, couldNotResolve: false, ...builtins } };
}

function exactly(paths: readonly string[]): string[] {
  return paths.map((path) => `^${path.replaceAll('.', '\\.')}$`);
}

function targetsIn(packageJson: string): string[] {
  const { bin, exports } = JSON.parse(packageJson) as {
    bin: Record<string, string>;
    exports: Record<string, string | { default: string }>;
  };
  const exported = Object.values(exports).map((entry) => (typeof entry === 'string' ? entry : entry.default));
  return [...Object.values(bin), ...exported];
}
