import ts from 'typescript';
import type { SourceFile } from './tree.ts';

/** One row of a table in `docs/protocols`. */
export interface Rule {
  readonly id: string;
  /** False if the marker `<!-- not served yet -->` precedes its table. */
  readonly isServed: boolean;
}

const NOT_SERVED = '<!-- not served yet -->';
const ROW = /^\|\s*([A-Z]{1,4}\d{1,3})\s*\|/;

/** The rules of one document: the table rows that begin with an id. The marker applies to the next table. */
export function rulesIn(document: string): Rule[] {
  const rules: Rule[] = [];
  let isServed = true;
  let inTable = false;
  for (const line of document.split('\n')) {
    if (inTable && !line.startsWith('|')) isServed = true;
    inTable = line.startsWith('|');
    if (line.trim() === NOT_SERVED) isServed = false;
    const id = ROW.exec(line)?.[1];
    if (id !== undefined) rules.push({ id, isServed });
  }
  return rules;
}

/**
 * The titles of the tests in a file: the first argument of a call whose last argument is a function, or the name or title of an
 * object with a function.
 */
export function titlesIn({ path, text }: SourceFile): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    const title = titleOf(node);
    if (title !== undefined && isText(title)) titles.push(title.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true));
  return titles;
}

function titleOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isCallExpression(node)) {
    const last = node.arguments.at(-1);
    return last !== undefined && ts.isFunctionLike(last) ? node.arguments[0] : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const assigned = node.properties.filter((property) => ts.isPropertyAssignment(property));
  const runs = node.properties.some(ts.isMethodDeclaration) || assigned.some(({ initializer }) => ts.isFunctionLike(initializer));
  return runs ? assigned.find(({ name }) => /^(name|title)$/.test(name.getText()))?.initializer : undefined;
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Ids in a text: ids of known families anywhere, and any id before a leading colon. */
export function idsIn(text: string, families: ReadonlySet<string>): string[] {
  const front = /^['"`]?((?:[A-Z]{1,4}\d{1,3}(?:,? (?:and |to )?)?)+):/.exec(text)?.[1] ?? '';
  const cited = Array.from(text.matchAll(/(?<![\w-])([A-Z]{1,4})\d{1,3}(?![\w-])/g), ([id, family]) => ({ id, family }));
  return cited.filter(({ id, family }) => families.has(family ?? '') || front.includes(id)).map(({ id }) => id);
}

/** The letter prefixes of the ids. */
export function familiesOf(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.map(({ id }) => id.replace(/\d+$/, '')));
}

/** Served rules without a test title that cites them. */
export function untestedRules(rules: readonly Rule[], titles: readonly string[]): string[] {
  const families = familiesOf(rules);
  const cited = new Set(titles.flatMap((title) => idsIn(title, families)));
  return rules.filter(({ id, isServed }) => isServed && !cited.has(id)).map(({ id }) => id);
}

/** Cited ids that no document defines. */
export function unknownIds(rules: readonly Rule[], texts: readonly string[]): string[] {
  const families = familiesOf(rules);
  const known = new Set(rules.map(({ id }) => id));
  return texts.flatMap((text) =>
    idsIn(text, families)
      .filter((id) => !known.has(id))
      .map((id) => `${id} in ${text}`),
  );
}
