import { ESLint } from 'eslint';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree.ts';

/** What the compiler says to `code`, were it a file of the core. */
function complaintsOfTheCompiler(code: string): string[] {
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
  const planted = join(ROOT, 'src/domain/planted.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version) =>
    name === planted ? ts.createSourceFile(name, code, version) : getSourceFile(name, version);
  const program = ts.createProgram([planted], options, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(planted));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the core can not name', () => {
  const impure = [
    ...['setTimeout', 'setInterval', 'queueMicrotask', 'performance', 'crypto', 'console'],
    ...['process', 'Buffer', 'URL', 'fetch', 'window'],
  ];
  let complaints: string[];
  beforeAll(() => {
    complaints = complaintsOfTheCompiler(`export const impure = [${impure.join(', ')}];`);
  });

  for (const name of impure) {
    it(name, () => expect(complaints).toContainEqual(expect.stringContaining(`Cannot find name '${name}'`)));
  }

  it('and may name what the language brings', () => {
    expect(complaintsOfTheCompiler('export const pure = [Map, Promise, Uint8Array, Math];')).toEqual([]);
  });
});

describe('lint forbids', () => {
  const linter = new ESLint({ cwd: ROOT });
  const complaintsAbout = async (code: string, filePath: string): Promise<(string | null)[]> => {
    const [result] = await linter.lintText(code, { filePath: join(ROOT, filePath) });
    return result?.messages.map(({ ruleId }) => ruleId) ?? [];
  };
  const CORE = ['src/domain/time.ts', 'src/application/turns.ts'];

  const planted: readonly (readonly [rule: string, code: string, files: readonly string[]])[] = [
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
  for (const [rule, code, files] of planted) {
    for (const file of files) {
      it(`${code} in ${file}, by ${rule}`, async () => expect(await complaintsAbout(code, file)).toContain(rule));
    }
  }

  it('switching a rule off in a file', async () => {
    const code = '/* eslint-disable */ export const now = Date.now();';
    expect(await complaintsAbout(code, 'src/domain/time.ts')).toContain('no-restricted-globals');
  });

  it('nothing of that where time and chance belong', async () => {
    expect(await complaintsAbout('export const now = Date.now() + Math.random();\n', 'src/composition/container.ts')).toEqual([]);
  });
});
