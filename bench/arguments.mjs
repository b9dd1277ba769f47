/* The arguments of the command line. */
import { parseArgs } from 'node:util';
import { MEASURES } from './measures.mjs';
import { OF_ONE_MEASURE, SERVERS, UNDER_TEST } from './servers.mjs';

const MEASURE_NAMES = MEASURES.map(({ name }) => name);

export const USAGE = `npm run bench -- [options]
  --quick            fewer rounds and peers: a test of the benchmark; the figures are rough
  --only a,b         measures: ${MEASURE_NAMES.join(', ')}
  --servers a,b      servers: ${[...UNDER_TEST, ...OF_ONE_MEASURE].join(', ')}
  --rounds n         the number of rounds for each measure
  --json file        writes all figures, including those of each round`;

/** @throws Error that names the invalid argument */
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
    // The faulty relays run only if `--servers` names them.
    servers: values.servers === undefined ? [...UNDER_TEST, ...OF_ONE_MEASURE] : named(values.servers, Object.keys(SERVERS), 'server'),
    rounds: values.rounds === undefined ? undefined : wholeNumber(values.rounds),
    json: values.json,
  };
}

function named(list, known, what) {
  const names = list?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`unknown ${what}: ${unknown}. Allowed: ${known.join(', ')}`);
  return names;
}

function wholeNumber(text) {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--rounds ${text} is not a whole number from 1 to 99`);
  return Number(text);
}
