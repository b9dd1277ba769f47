/* What the command line asks for. */
import { parseArgs } from 'node:util';
import { MEASURES } from './measures.mjs';
import { SERVERS, UNDER_TEST } from './servers.mjs';

const MEASURE_NAMES = MEASURES.map(({ name }) => name);

export const USAGE = `npm run bench -- [options]
  --quick            less of everything: shows that all works, the figures are rough
  --only a,b         measures: ${MEASURE_NAMES.join(', ')}
  --servers a,b      servers: ${UNDER_TEST.join(', ')}
  --rounds n         how often each is measured
  --json file        writes all figures, those of each round too`;

/** @throws Error that says what is wrong */
export function readArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      servers: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    isHelp: values.help,
    isQuick: values.quick,
    measures: MEASURES.filter(({ name }) => named(values.only, MEASURE_NAMES, 'measure').includes(name)),
    // The faulty ones are for those who ask for them by name.
    servers: values.servers === undefined ? UNDER_TEST : named(values.servers, Object.keys(SERVERS), 'server'),
    rounds: values.rounds === undefined ? undefined : wholeNumber(values.rounds),
    json: values.json,
  };
}

function named(list, known, what) {
  const names = list?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`no such ${what}: ${unknown}. There is ${known.join(', ')}`);
  return names;
}

function wholeNumber(text) {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`rounds: 1 to 99, not ${text}`);
  return Number(text);
}
