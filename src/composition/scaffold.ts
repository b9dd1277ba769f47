import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandIo } from './command-io.ts';
import { TEMPLATES } from './scaffold-templates.ts';

/* `signalbox new adapter`: the files of an adapter from outside, and its test. */

const USAGE = `Usage: signalbox new adapter ${Object.keys(TEMPLATES).join('|')} <folder>\n`;
const INVALID_USAGE = 2;

/** Writes the files of a new adapter into a folder. A file that exists is never overwritten. @returns the exit code. */
export async function newAdapter(args: readonly string[], { stdout, stderr }: CommandIo): Promise<number> {
  const [what, kind = '', folder, ...more] = args;
  const template = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  if (what !== 'adapter' || template === undefined || folder === undefined || more.length > 0) {
    stderr.write(USAGE);
    return INVALID_USAGE;
  }
  const files = Object.entries(template).map(([name, text]) => ({ path: join(folder, name), text }));
  for (const { path } of files) {
    if (!(await exists(path))) continue;
    stderr.write(`signalbox new: ${path} exists: name another folder, or remove the file\n`);
    return INVALID_USAGE;
  }
  await mkdir(folder, { recursive: true });
  for (const { path, text } of files) {
    await writeFile(path, text);
    stdout.write(`${path}\n`);
  }
  return 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
