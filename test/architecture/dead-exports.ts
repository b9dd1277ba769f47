import { posix } from 'node:path';
import ts from 'typescript';
import { exportsOf, type Export } from './exports.ts';
import type { SourceFile } from './tree.ts';

const EVERYTHING = '*';
const SHIPPED = /^(src|conformance|doctor|pages)\//;

/**
 * Exports of shipped files that no file imports, including tests and scripts. Exports of entry points are public.
 * A type counts as used if another export of its file refers to it.
 */
export function deadExports(files: readonly SourceFile[], entryPoints: readonly string[]): string[] {
  const wanted = new Set(files.flatMap(importsOf));
  return files
    .filter(({ path }) => SHIPPED.test(path) && !entryPoints.includes(path) && !wanted.has(`${path} ${EVERYTHING}`))
    .flatMap((file) => {
      const exports = exportsOf(file);
      const dead = exports.filter((one) => !wanted.has(`${file.path} ${one.name}`) && !isReferredTo(one, exports));
      return dead.map(({ name }) => `${file.path}: ${name}`);
    });
}

function isReferredTo({ name, statement }: Export, exports: readonly Export[]): boolean {
  if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) return false;
  const refers = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name) || (ts.forEachChild(node, refers) ?? false);
  return exports.some((other) => other.statement !== statement && refers(other.statement));
}

/** The imports of a file from other files of the repository: `path name`, or `path *`. */
export function importsOf({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const take = (specifier: ts.Node | undefined, names: readonly string[] = [EVERYTHING]): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const there = posix.join(posix.dirname(path), specifier.text);
    found.push(...names.map((name) => `${there} ${name}`));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, namesIn(node.importClause?.namedBindings));
    else if (ts.isExportDeclaration(node)) take(node.moduleSpecifier, namesIn(node.exportClause));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) take(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) take(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext));
  return found;
}

function namesIn(clause: ts.NamedImportBindings | ts.NamedExportBindings | undefined): string[] {
  if (clause === undefined || ts.isNamespaceImport(clause) || ts.isNamespaceExport(clause)) return [EVERYTHING];
  return clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}
