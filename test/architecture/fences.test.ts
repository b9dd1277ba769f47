import { ESLint } from 'eslint';
import { join } from 'node:path';
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

describe('lint forbids', () => {
  const linter = new ESLint({ cwd: ROOT });
  const lintErrors = async (code: string, filePath: string): Promise<(string | null)[]> => {
    const [result] = await linter.lintText(code, { filePath: join(ROOT, filePath) });
    return result?.messages.map(({ ruleId }) => ruleId) ?? [];
  };
  const CORE = ['src/domain/time.ts', 'src/application/turns.ts'];

  // The first call loads the whole program, which takes a minute on a busy machine.
  beforeAll(() => lintErrors('', 'src/domain/time.ts'), 300_000);

  const seeded: readonly (readonly [rule: string, code: string, files: readonly string[]])[] = [
    ['no-restricted-globals', 'export const now = Date.now();', CORE],
    ['no-restricted-globals', 'export const now = new Date();', CORE],
    ['no-restricted-globals', 'export const now = performance.now();', CORE],
    ['no-restricted-properties', 'export const chance = Math.random();', CORE],
    ['no-restricted-exports', 'export default 1;', [...CORE, 'test/architecture/tree.ts']],
    ['no-console', "console.log('here');", ['src/composition/container.ts']],
    ['@typescript-eslint/no-floating-promises', 'Promise.resolve();', CORE],
    ['@typescript-eslint/no-explicit-any', 'export const all: any = 1;', CORE],
    ['@typescript-eslint/switch-exhaustiveness-check', 'declare const x: 1 | 2; switch (x) { case 1: break; default: }', CORE],
  ];
  for (const [rule, code, files] of seeded) {
    for (const file of files) {
      it(`${code} in ${file}, by ${rule}`, async () => expect(await lintErrors(code, file)).toContain(rule));
    }
  }

  it('disabling a rule in a file', async () => {
    const code = '/* eslint-disable */ export const now = Date.now();';
    expect(await lintErrors(code, 'src/domain/time.ts')).toContain('no-restricted-globals');
  });

  it('time and random values outside the core are allowed', async () => {
    expect(await lintErrors('export const now = Date.now() + Math.random();\n', 'src/composition/container.ts')).toEqual([]);
  });
});
