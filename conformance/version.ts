import { existsSync, readFileSync } from 'node:fs';

/** The version of this package. The depth of this file differs between source and build. */
export const VERSION = readVersion(new URL('.', import.meta.url));

function readVersion(folder: URL): string {
  const file = new URL('package.json', folder);
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  return readVersion(new URL('..', folder));
}
