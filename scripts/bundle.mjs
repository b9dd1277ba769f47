/*
 * Writes build/signalbox.mjs: the command line in one file, with the clients of Redis and NATS. Native libraries can't be in it,
 * so connections are served by node:http, unless uWebSockets.js is installed beside the file.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { stageBundleSources } from './bundle-sources.mjs';
import { joinModules } from './join-modules.mjs';

export const BUNDLE = 'build/signalbox.mjs';

/** Loaded on use, if they are installed. */
const EXTERNAL = ['uWebSockets.js', 'express', 'node-datachannel', 'playwright-core'];

/** The build must exist. The first line of the file is that of the command line. */
export async function bundle() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  await joinModules({
    input: stageBundleSources(version),
    external: EXTERNAL,
    output: { file: BUNDLE, format: 'esm', codeSplitting: false },
  });
  chmodSync(BUNDLE, 0o755);
}

if (process.argv[1] === import.meta.filename) await bundle();
