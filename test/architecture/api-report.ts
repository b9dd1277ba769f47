import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './tree.ts';

const TYPES = join(ROOT, 'dist');

/** The emitted types of the sources, without a build. @param entryPoints paths of sources. */
export function emittedTypes(entryPoints: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const emitted = emit();
  const host = ts.createCompilerHost(options);
  const readable = {
    ...host,
    fileExists: (path: string) => emitted.has(path) || host.fileExists(path),
    readFile: (path: string) => emitted.get(path) ?? host.readFile(path),
    getSourceFile: (path: string, version: ts.ScriptTarget) => {
      const text = emitted.get(path);
      return text === undefined ? host.getSourceFile(path, version) : ts.createSourceFile(path, text, version, true);
    },
  };
  return ts.createProgram(entryPoints.map(typesOf), options, readable);
}

/** The texts of all declaration files, by their paths in a build. The native compiler needs a tenth of the time. */
function emit(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-types-'));
  try {
    const compiler = join(ROOT, 'node_modules/typescript-native/bin/tsc');
    const settings = ['--emitDeclarationOnly', '--noCheck', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
    const args = [compiler, '-p', join(ROOT, 'tsconfig.build.json'), ...settings, '--outDir', folder];
    execFileSync(process.execPath, args, { cwd: ROOT });
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d.ts'));
    return new Map(paths.map((path) => [join(TYPES, path), readFileSync(join(folder, path), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The declarations of an entry point as its users see them: the exported ones, then those to which they refer. */
export function apiReport(program: ts.Program, entryPoint: string): string {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(typesOf(entryPoint));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entryPoint} exports nothing`);
  const exported = checker.getExportsOfModule(module).map((symbol) => targetOf(checker, symbol));
  const reached = new Set(exported);
  // The set grows during the iteration.
  for (const symbol of reached) for (const other of referencesOf(checker, symbol)) reached.add(other);
  const internal = [...reached].filter((symbol) => !exported.includes(symbol));
  const section = (title: string, symbols: readonly ts.Symbol[]): string =>
    [`# ${title}`, ...symbols.map(textOf).sort()].join('\n\n');
  return `${section('Exported', exported)}\n\n${section('Not exported, and part of an exported type', internal)}\n`;
}

function typesOf(source: string): string {
  return join(TYPES, source.replace(/^src\//, '').replace(/\.ts$/, '.d.ts'));
}

function targetOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** The declarations of this package to which one of its declarations refers. Programs do not construct what they receive. */
function referencesOf(checker: ts.TypeChecker, { declarations = [] }: ts.Symbol): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isConstructorDeclaration(node)) return;
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    const target = symbol && targetOf(checker, symbol);
    if (target !== undefined && isDeclaredHere(target)) found.push(target);
    ts.forEachChild(node, visit);
  };
  for (const declaration of declarations) visit(declaration);
  return found;
}

function isDeclaredHere({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) =>
      declaration.getSourceFile().fileName.startsWith(`${TYPES}/`) && ts.isSourceFile(statementOf(declaration).parent),
  );
}

const PRINTER = ts.createPrinter({ removeComments: true });

function textOf({ declarations = [] }: ts.Symbol): string {
  const statements = new Set(declarations.map(statementOf));
  const print = (node: ts.Node): string => PRINTER.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  return [...statements].map(print).join('\n');
}

function statementOf(declaration: ts.Node): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}
