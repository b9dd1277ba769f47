import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree.ts';

/** The errors of the compiler for `code` as a file of the core. */
function compilerErrors(code: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.core.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  const options = config?.options ?? {};
  const seeded = join(ROOT, 'src/domain/seeded.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version) =>
    name === seeded ? ts.createSourceFile(name, code, version) : getSourceFile(name, version);
  const program = ts.createProgram([seeded], options, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(seeded));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the core cannot use the global', () => {
  const impure = [
    ...['setTimeout', 'setInterval', 'queueMicrotask', 'performance', 'crypto', 'console'],
    ...['process', 'Buffer', 'URL', 'fetch', 'window'],
  ];
  let errors: string[];
  beforeAll(() => {
    errors = compilerErrors(`export const impure = [${impure.join(', ')}];`);
  });

  for (const name of impure) {
    it(name, () => expect(errors).toContainEqual(expect.stringContaining(`Cannot find name '${name}'`)));
  }

  it('the core can use the globals of the language', () => {
    expect(compilerErrors('export const pure = [Map, Promise, Uint8Array, Math];')).toEqual([]);
  });
});

const CORE = ['src/domain/seeded.ts', 'src/application/seeded.ts'];
const COMPOSITION = 'src/composition/seeded.ts';

/** The rules that lint reports for each line of code, as a file of its own in a copy of the project's configuration. */
function lint(seeded: readonly { readonly file: string; readonly code: string }[]): string[][] {
  const project = mkdtempSync(join(tmpdir(), 'signalbox-lint-'));
  try {
    for (const name of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(project, name));
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    const paths = seeded.map(({ file }, place) => file.replace(/(?=\.ts$)/, `-${place}`));
    for (const [place, { code }] of seeded.entries()) {
      const path = join(project, paths[place] ?? '');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${code}\n`);
    }
    const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
    const { stdout } = spawnSync(process.execPath, [oxlint, '--format', 'json'], { cwd: project, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return paths.map((path) => diagnostics.filter(({ filename }) => filename === path).map(({ code }) => ruleOf(code)));
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** `no-console` for `eslint(no-console)`. */
function ruleOf(code: string): string {
  return /\(([^)]+)\)/.exec(code)?.[1] ?? code;
}

describe('lint forbids', () => {
  const seeded = (
    [
      ['no-restricted-globals', 'export const now = Date.now();', CORE],
      ['no-restricted-globals', 'export const now = new Date();', CORE],
      ['no-restricted-globals', 'export const now = performance.now();', CORE],
      ['no-restricted-properties', 'export const chance = Math.random();', CORE],
      ['no-restricted-exports', 'export default 1;', [...CORE, 'test/architecture/seeded.ts']],
      ['no-console', "console.log('here');", [COMPOSITION]],
      ['no-floating-promises', 'Promise.resolve();', CORE],
      ['no-explicit-any', 'export const all: any = 1;', CORE],
      ['no-undef', 'export const text = unheardOf;', ['scripts/seeded.mjs']],
      ['switch-exhaustiveness-check', 'declare const x: 1 | 2; switch (x) { case 1: break; default: }', CORE],
    ] as const
  ).flatMap(([rule, code, files]) => files.map((file) => ({ rule, code, file })));
  const allowed = { file: COMPOSITION, code: 'export const now = Date.now() + Math.random();' };
  let rules: string[][] = [];
  beforeAll(() => {
    rules = lint([...seeded, allowed]);
  });

  for (const [place, { rule, code, file }] of seeded.entries()) {
    it(`${code} in ${file}, by ${rule}`, () => expect(rules[place]).toContain(rule));
  }

  it('time and random values outside the core are allowed', () => expect(rules.at(-1)).toEqual([]));
});
