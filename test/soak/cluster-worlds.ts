import fc from 'fast-check';
import { parseArgs } from 'node:util';
import { linkedWorlds, worlds, type EngineName } from '../property/cluster/worlds.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    engine: { type: 'string', multiple: true, default: ['Redis', 'NATS'] },
    seed: { type: 'string', default: String(Date.now()) },
    links: { type: 'boolean', default: false },
  },
});
const ENGINES: readonly EngineName[] = ['Redis', 'NATS'];
const REPORT_EVERY = 1_000;
const [runs, firstSeed] = [numberOf('runs', values.runs), numberOf('seed', values.seed)];

for (const engine of values.engine.map(engineOf)) {
  for (let done = 0; done < runs;) {
    const seed = firstSeed + done;
    const count = Math.min(REPORT_EVERY, runs - done);
    await fc.assert((values.links ? linkedWorlds : worlds)(engine), { numRuns: count, seed });
    done += count;
    console.log(`${engine}: ${done} of ${runs} worlds`);
  }
}

function engineOf(text: string): EngineName {
  const engine = ENGINES.find((name) => name === text);
  if (engine === undefined) throw new Error(`--engine is ${text}; it must be ${ENGINES.join(' or ')}`);
  return engine;
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} is ${text}; it must be a number from 1`);
  return number;
}
