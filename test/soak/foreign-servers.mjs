/*
 * Runs `signalbox conform` against earlier versions of `peer` and a fork, which npm installs into a temporary folder, and prints
 * the counts of each verdict and the causes of the wrong ones, as Markdown for docs/conformance.md.
 * npm run test:soak:servers
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SERVERS = ['peer@1.0.2', 'peer@0.6.1', 'peer@0.5.3', 'peer@0.2.10', 'peerjs-server@0.2.9'];
const VERDICTS = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];
const CLI = fileURLToPath(new URL('../../dist/composition/cli.js', import.meta.url));
const LOOPBACK = fileURLToPath(new URL('loopback.mjs', import.meta.url));
const MINUTES = 5 * 60_000;
const run = promisify(execFile);

const folder = await mkdtemp(join(tmpdir(), 'foreign-'));
try {
  console.log(`| server | ${VERDICTS.join(' | ')} |\n| --- | ${VERDICTS.map(() => '---').join(' | ')} |`);
  const results = [];
  for (const server of SERVERS) results.push(await test(server));
  for (const { server, causes } of results) {
    console.log(`\n${server}:\n`);
    for (const { verdict, cause, cases } of causes) {
      if (verdict !== 'loose') console.log(`- ${verdict}: ${cause} (${cases.map((id) => `\`${id}\``).join(', ')})`);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

async function test(server) {
  const [name, version] = server.split('@');
  const prefix = join(folder, server.replace('@', '-'));
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix, server], { timeout: MINUTES });
  const bin = join(prefix, 'node_modules', name, version.startsWith('1.') ? 'dist/bin/peerjs.js' : 'bin/peerjs');
  const command = `"${process.execPath}" --import "${LOOPBACK}" "${bin}" --port {port} {options}`;
  const json = join(folder, 'out.json');
  const args = [CLI, 'conform', '--name', server, '--command', command, '--patience', '3000', '--json', json];
  // Exit code 1: the server has wrong verdicts.
  await run(process.execPath, args, { timeout: MINUTES }).catch((error) => {
    if (error.code !== 1) throw error;
  });
  const { cases, causes } = JSON.parse(await readFile(json, 'utf8'));
  const counts = VERDICTS.map((verdict) => cases.filter((one) => one.verdict === verdict).length);
  console.log(`| ${server} | ${counts.join(' | ')} |`);
  return { server, causes };
}
