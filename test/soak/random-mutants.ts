import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inPool } from '../../conformance/pool.ts';
import type { Profile } from '../../conformance/profile.ts';
import { runRandom } from '../../conformance/random/run-random.ts';
import { SETUPS } from '../../conformance/setups.ts';
import { withSection } from '../architecture/drawings.ts';
import { ALL_MUTANTS } from '../conformance/mutants/all-mutants.ts';
import { ConformingServer, MAX_MALFORMED } from '../conformance/mutants/conforming-server.ts';
import { inProcess, type ServerClass } from '../conformance/mutants/in-process.ts';
import { mayAffect, ruleOf, type Mutant } from '../conformance/mutants/mutant.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    seed: { type: 'string', default: '7' },
    'at-once': { type: 'string', default: '8' },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const PAGE = 'docs/conformance.md';
const PATIENCE_MS = 2_500;
const { settings } = SETUPS['random runs'];
const LIMITS = {
  malformedPerWindow: MAX_MALFORMED,
  malformedWindow: Infinity,
  messagesPerSecond: undefined,
  messageBurst: undefined,
};
/** Servers in the same process are fast. */
const TOLERANCE = { late: 1_500 };
const SILENT = { stdout: { write: () => true }, stderr: { write: () => true }, isTerminal: false };
/** Random runs send no HTTP requests, and no JSON Web Tokens. */
const OUT_OF_REACH = /^[HXAI]/;
const FAMILIES: Readonly<Record<string, string>> = {
  O: 'opening a socket',
  M: 'messages',
  L: 'liveness and leaving',
  H: 'HTTP',
  X: 'legacy clients',
  A: 'authentication',
  I: 'ICE servers',
};

if ((await firstViolation('conforming', ConformingServer)) !== undefined) throw new Error('a conforming server was judged wrong');
const caught = new Set<string>();
const isInReach = (mutant: Mutant): boolean => !OUT_OF_REACH.test(ruleOf(mutant));
await inPool(Number(values['at-once']), ALL_MUTANTS.filter(isInReach), async (mutant) => {
  const { name, Server } = mutant;
  const rule = await firstViolation(name, Server);
  // A busy machine may look like a server that closes late.
  if (rule !== undefined && (rule !== 'L1' || mayAffect(mutant, 'L1'))) caught.add(name);
  process.stdout.write(`${rule ?? 'missed'}: a server that ${name}\n`);
});
writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), 'random', table()));

/** The violated rule; undefined if all runs passed. */
async function firstViolation(name: string, Server: ServerClass): Promise<string | undefined> {
  const servers = inProcess(name, Server, PATIENCE_MS);
  let server = await servers.start(settings);
  const restart = async (): Promise<Profile> => {
    await server.stop();
    server = await servers.start(settings);
    return server.profile;
  };
  try {
    const options = {
      runs,
      seed,
      expectations: 'signalbox',
      limits: LIMITS,
      tolerance: TOLERANCE,
      shrinkFor: 0,
      restart,
    } as const;
    return (await runRandom({ server: server.profile, ...options }, SILENT)).finding?.rule;
  } finally {
    await server.stop();
  }
}

function table(): string {
  const rows = Object.entries(FAMILIES).map(([letter, name]) => {
    const mutants = ALL_MUTANTS.filter((mutant) => ruleOf(mutant).startsWith(letter));
    return [name, mutants.length, mutants.filter((mutant) => caught.has(mutant.name)).length];
  });
  const all = ['all', ALL_MUTANTS.length, caught.size];
  const lines = [['rules', 'wrong servers', `detected by ${runs} random runs`], ['---', '---', '---'], ...rows, all];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
