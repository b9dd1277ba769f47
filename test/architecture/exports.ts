import ts from 'typescript';
import type { SourceFile } from './tree.ts';

/** One exported name and its statement. */
export interface Export {
  readonly name: string;
  readonly statement: ts.Statement;
}

/** The named exports of a file. `export *` has no names. */
export function exportsOf({ path, text }: SourceFile): Export[] {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return statements.flatMap((statement) => namesOf(statement).map((name) => ({ name, statement })));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) return namesInClause(statement.exportClause);
  if (!isExported(statement)) return [];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function namesInClause(clause: ts.NamedExportBindings | undefined): string[] {
  return clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
}
