import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './tree.ts';

const TYPES = join(ROOT, 'dist');

/** The emitted types of the sources, without a build. @param entryPoints paths of sources. */
export function emittedTypes(entryPoints: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const emitting = { ...options, noEmit: false, incremental: false, declaration: true, emitDeclarationOnly: true, outDir: TYPES };
  delete emitting.tsBuildInfoFile;
  const sources = ts.createProgram(
    entryPoints.map((path) => join(ROOT, path)),
    { ...emitting, rootDir: join(ROOT, 'src') },
  );
  const emitted = new Map<string, string>();
  sources.emit(undefined, (path, text) => void emitted.set(path, text), undefined, true);
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
