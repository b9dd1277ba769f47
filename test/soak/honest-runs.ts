import { parseArgs } from 'node:util';
import { ALL_CASES } from '../../conformance/all-cases.ts';
import { runCases } from '../../conformance/run-cases.ts';
import { commandServers } from '../../conformance/server/command-servers.ts';
import { readTemplate } from '../../conformance/server/command-template.ts';
import type { Servers } from '../../conformance/server/servers.ts';
import { ConformingServer } from '../conformance/mutants/conforming-server.ts';
import { FEW_SETTINGS, ForeignServer } from '../conformance/mutants/foreign-server.ts';
import { inProcess } from '../conformance/mutants/in-process.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, only: { type: 'string', multiple: true, default: [] } },
});
/** The default of `signalbox conform`. */
const PATIENCE_MS = 5_000;
const START_TIMEOUT_MS = 60_000;
const HONEST: Readonly<Record<string, () => Servers>> = {
  conforming: () => inProcess('conforming', ConformingServer, PATIENCE_MS),
  foreign: () => inProcess('foreign', ForeignServer, PATIENCE_MS, (setting) => FEW_SETTINGS.includes(setting)),
  uws: () => signalbox('uws'),
  node: () => signalbox('node'),
};

const runs = Number(values.runs);
let wrong = 0;
for (const [name, servers] of Object.entries(HONEST)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue;
  const [clean, untestable] = [new Set<number>(), new Map<string, number>()];
  for (let run = 1; run <= runs; run++) {
    const results = await runCases({ cases: ALL_CASES, servers: servers() });
    const found = results.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'not testable');
    for (const { id, verdict, why } of found) process.stdout.write(`${name}, run ${run}: ${id} is ${verdict}: ${why}\n`);
    for (const { id, verdict } of results) {
      if (verdict === 'not testable') untestable.set(id, (untestable.get(id) ?? 0) + 1);
    }
    wrong += found.length;
    if (found.length === 0) clean.add(run);
    process.stdout.write(`${name}, run ${run}: ${results.length - found.length} of ${results.length} verdicts are right\n`);
  }
  const sometimes = [...untestable].filter(([, times]) => times < runs).map(([id, times]) => `${id} ${times} times`);
  process.stdout.write(`${name}: ${clean.size} of ${runs} runs have no wrong verdict\n`);
  if (sometimes.length > 0) process.stdout.write(`${name}: not testable on this machine: ${sometimes.join(', ')}\n`);
}
process.exit(wrong === 0 ? 0 : 1);

function signalbox(transport: string): Servers {
  const command = `"${process.execPath}" dist/signalbox.js --port {port} --host 127.0.0.1 --transport ${transport} {options}`;
  const template = readTemplate(command, 'signalbox');
  return commandServers({ name: transport, template, declared: {}, patience: PATIENCE_MS, startTimeout: START_TIMEOUT_MS });
}
