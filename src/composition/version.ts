import { readFileSync } from 'node:fs';

/** The version of this package. It stands equally far from its sources and from what they are built to. */
export const VERSION = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
