import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../architecture/tree.ts';

/**
 * The fenced block after `<!-- runs: name -->` in a document.
 * @throws Error when the document has no such block.
 */
export function snippet(document: string, name: string): string {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const [, found] = new RegExp(`<!-- runs: ${name} -->\\s*\`\`\`js\\n([^]*?)\\n\`\`\``).exec(text) ?? [];
  if (found === undefined) throw new Error(`${document} has no block after <!-- runs: ${name} -->`);
  return found;
}
