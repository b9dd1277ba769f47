/*
 * Runs `signalbox conform` against earlier versions of `peer` and a fork, which npm installs into a temporary folder, and against
 * the servers of examples/conformance. Writes docs/conformance-servers.md. Fails if a failed verdict has no explanation in
 * foreign-behaviours.mjs. npm run test:soak:servers -- [--results FOLDER]
 * A folder keeps the results, and only missing ones are measured. The example in Go needs go on the path.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { pageSection } from './foreign-page.mjs';

const { values } = parseArgs({ options: { results: { type: 'string' } } });
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/signalbox.js');
const LOOPBACK = join(ROOT, 'test/soak/loopback.mjs');
const EXAMPLES = join(ROOT, 'examples/conformance');
const PAGE = join(ROOT, 'docs/conformance-servers.md');
const MARKED = /(<!-- servers:begin -->)[^]*(<!-- servers:end -->)/;
const MINUTES = 20 * 60_000;
/** Longer than the interval of 5 seconds in which peer 0.2 expires mailboxes. */
const PATIENCE_MS = 6_000;
const run = promisify(execFile);

const PACKAGES = [
  ['peer', '1.0.2', 'dist/bin/peerjs.js'],
  ['peer', '0.6.1', 'bin/peerjs'],
  ['peer', '0.5.3', 'bin/peerjs'],
  ['peer', '0.2.10', 'bin/peerjs'],
  ['peerjs-server', '0.2.9', 'bin/peerjs'],
];
const EXAMPLE_FLAGS = 'port path expire alive limit discovery';
const SETTING_OF = { expire: 'expire_timeout', alive: 'alive_timeout', limit: 'concurrent_limit', discovery: 'allow_discovery' };

const folder = await mkdtemp(join(tmpdir(), 'foreign-'));
try {
  const results = resolve(values.results ?? join(folder, 'results'));
  await mkdir(results, { recursive: true });
  const measured = [];
  for (const [name, start] of servers()) {
    const file = join(results, `${name}.json`);
    if (!existsSync(file)) await measure(name, await start(), file);
    measured.push({ name, ...JSON.parse(await readFile(file, 'utf8')) });
    console.log(`${name}: measured`);
  }
  const page = await readFile(PAGE, 'utf8');
  await writeFile(
    PAGE,
    page.replace(MARKED, (_, begin, end) => `${begin}\n\n${pageSection(measured)}\n\n${end}`),
  );
} finally {
  await rm(folder, { recursive: true });
}

/** The name of each server, and a function that prepares it and returns its command. */
function servers() {
  return [
    ...PACKAGES.map(([name, version, bin]) => [`${name} ${version}`, () => installed(name, version, bin)]),
    ['example in Python', async () => `python3 "${join(EXAMPLES, 'server.py')}" ${exampleFlags('--', ' ')}`],
    ['example in Node', async () => `"${process.execPath}" "${join(EXAMPLES, 'server.mjs')}" ${exampleFlags('--', ' ')}`],
    ['example in Go', compiled],
  ];
}

async function installed(name, version, bin) {
  const prefix = join(folder, `${name}-${version}`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix];
  await run('npm', ['install', ...flags, `${name}@${version}`], { timeout: MINUTES });
  return `"${process.execPath}" --import "${LOOPBACK}" "${join(prefix, 'node_modules', name, bin)}" --port {port} {options}`;
}

async function compiled() {
  const program = join(folder, 'server');
  await run('go', ['build', '-o', program, join(EXAMPLES, 'server.go')], { timeout: MINUTES });
  return `"${program}" ${exampleFlags('-', '=')}`;
}

function exampleFlags(dashes, between) {
  return EXAMPLE_FLAGS.split(' ')
    .map((flag) => `${dashes}${flag}${between}{${SETTING_OF[flag] ?? flag}}`)
    .join(' ');
}

async function measure(name, command, json) {
  const args = [CLI, 'conform', '--name', name, '--command', command, '--patience', String(PATIENCE_MS), '--json', json];
  // Exit code 1: the server has wrong verdicts.
  await run(process.execPath, args, { timeout: MINUTES }).catch((error) => {
    if (error.code !== 1) throw error;
  });
}
