import { cruise, type ICruiseResult, type IModule } from 'dependency-cruiser';
import { IMPORT_RULES } from './import-rules.ts';

/** One import that a rule forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The imports of one source tree, and the forbidden ones. */
export interface Cruise {
  readonly modules: readonly IModule[];
  readonly violations: readonly Violation[];
}

/** Follows all imports from `src`, `conformance`, `doctor` and `pages` below `root`: static, dynamic, of values and of types. */
export async function cruiseImports(root: string): Promise<Cruise> {
  const { output } = await cruise(['src', 'conformance', 'doctor', 'pages'], {
    baseDir: root,
    ruleSet: { forbidden: [...IMPORT_RULES] },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    preserveSymlinks: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'require', 'types'] },
  });
  const { modules, summary } = output as ICruiseResult;
  const violations = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  return { modules, violations };
}
