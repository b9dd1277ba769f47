/*
 * Writes build/signalbox.mjs: the command line in one file, with the clients of Redis and NATS. Native libraries can't be in it,
 * so connections are served by node:http, unless uWebSockets.js is installed beside the file.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { stageBundleSources } from './bundle-sources.mjs';

export const BUNDLE = 'build/signalbox.mjs';

/** Loaded on use, if they are installed. */
const EXTERNAL = ['uWebSockets.js', 'express', 'node-datachannel', 'playwright-core'];
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** The build must exist. The first line of the file is that of the command line. */
export function bundle() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const entry = stageBundleSources(version);
  buildSync({
    ...{ entryPoints: [entry], outfile: BUNDLE, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ external: EXTERNAL, logLevel: 'warning', banner: { js: REQUIRE } },
  });
  chmodSync(BUNDLE, 0o755);
}

if (process.argv[1] === import.meta.filename) bundle();
