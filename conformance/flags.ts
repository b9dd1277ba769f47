import { flagOf, SETTING_NAMES, SETTINGS } from './settings.ts';

/** The value type of a flag. */
type Form = 'text' | 'number' | 'truth' | 'list';

export interface Flag {
  readonly form: Form;
  /** The placeholder for the value in the usage text. */
  readonly placeholder: string;
  readonly meaning: string;
}

/** The flags of the suite itself, in the order of the usage text. */
const SUITE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { form: 'text', placeholder: 'URL', meaning: 'tests a running server: http://host:port or https://host:port' },
  command: {
    form: 'text',
    placeholder: 'COMMAND',
    meaning:
      'starts one server for each required configuration: "npx --package peer peerjs --port {port} {options}". {port} is a free port, {options} ' +
      'the flags; a setting name such as {expire_timeout} is replaced by its value',
  },
  flavour: {
    form: 'text',
    placeholder: 'FLAVOUR',
    meaning: 'the flags that {options} produces: peer, signalbox or none [peer]',
  },
  dialect: {
    form: 'text',
    placeholder: 'DIALECT',
    meaning:
      'the protocol to test: peerjs, mercure, relay (topic relay of y-webrtc and Trystero), centrifuge, nats, supabase or mqtt [peerjs]',
  },
  name: { form: 'text', placeholder: 'NAME', meaning: 'name of the server in reports' },
  only: {
    form: 'list',
    placeholder: 'PATTERN',
    meaning: 'runs only the cases that match a rule or id: M14, "M*", O5.closes-old; repeatable',
  },
  strict: { form: 'truth', placeholder: '', meaning: 'exits with 1 for loose cases too' },
  report: { form: 'text', placeholder: 'FILE', meaning: 'writes an HTML report' },
  json: { form: 'text', placeholder: 'FILE', meaning: 'writes the results as JSON; - is stdout' },
  junit: { form: 'text', placeholder: 'FILE', meaning: 'writes the results as JUnit XML; - is stdout' },
  badge: {
    form: 'text',
    placeholder: 'FILE',
    meaning: 'writes a badge: SVG, or for a file named .json the JSON of badge services; - is stdout',
  },
  list: { form: 'truth', placeholder: '', meaning: 'lists the cases and exits' },
  patience: { form: 'number', placeholder: 'MS', meaning: 'how long to wait for an expected response [5000]' },
  'start-timeout': { form: 'number', placeholder: 'MS', meaning: 'how long a started command may take to respond [20000]' },
  insecure: { form: 'truth', placeholder: '', meaning: 'accepts untrusted TLS certificates' },
  random: {
    form: 'number',
    placeholder: 'N',
    meaning: 'runs N random step sequences instead of the cases; peerjs only',
  },
  seed: { form: 'number', placeholder: 'S', meaning: 'seed of the random runs; the same seed produces the same steps' },
  replay: { form: 'text', placeholder: 'STEPS', meaning: 'replays the steps that a random run has printed, or a file with them' },
  'save-replay': {
    form: 'text',
    placeholder: 'FILE',
    meaning: 'writes the steps of a violation, with explanations, to a file for --replay; - is stdout',
  },
  late: { form: 'number', placeholder: 'MS', meaning: 'how late an event of a random run may be, for a slow server' },
  jitter: { form: 'number', placeholder: 'MS', meaning: 'how much the delay between two frames of a random run may vary' },
  early: { form: 'number', placeholder: 'MS', meaning: 'how early a timeout of a random run may be' },
  expect: {
    form: 'text',
    placeholder: 'WHAT',
    meaning: 'expectations of random runs: compatible, signalbox (every rule) or peer [compatible]',
  },
  help: { form: 'truth', placeholder: '', meaning: 'prints this help and exits' },
};

const PLACEHOLDERS = { number: 'N', truth: '', text: 'TEXT', list: 'TEXT' } as const;

/** The configuration of a server that the suite cannot configure itself. */
const SETTING_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  SETTING_NAMES.map((name) => {
    const { kind, meaning } = SETTINGS[name];
    return [flagOf(name).slice(2), { form: kind, placeholder: PLACEHOLDERS[kind], meaning }];
  }),
);

/** All flags by name, without leading dashes. */
export const FLAGS: Readonly<Record<string, Flag>> = { ...SUITE_FLAGS, ...SETTING_FLAGS };

/** The output of `signalbox conform --help`. */
export function usage(): string {
  return `Usage: signalbox conform --url http://host:port [options]
       signalbox conform --command "npx --package peer peerjs --port {port} {options}" [options]

Tests a PeerJS-compatible server, a Mercure hub, a topic relay, a Centrifuge server, a NATS
server with WebSockets or a Supabase Realtime server against the rules of its protocol, and
reports every violation.

Options
${table(SUITE_FLAGS)}

Server configuration, where {options} does not set it. Without a flag the value is unknown, and
the cases that depend on it are not testable.
${table(SETTING_FLAGS)}

Examples
${examples()}

Exit codes: 0 if no case is failed or dangerous, 1 if one is or no case could be tested, 2 for
invalid options.
`;
}

/** One command line for each use. */
const EXAMPLES: readonly (readonly [use: string, command: string])[] = [
  ['Test a running server', '--url http://localhost:9000'],
  ['Test it with its configuration', '--url http://localhost:9000 --expire-timeout 5000 --alive-timeout 9000'],
  ['Start a server for each configuration', '--command "npx --package peer peerjs --port {port} {options}"'],
  ['Start a server with flags of its own', '--command "./server {port} -expire {expire_timeout} -alive {alive_timeout}"'],
  ['Repeat one rule or one case', '--url http://localhost:9000 --only M14 --only O5.open'],
  ['Write reports and a badge in CI', '--command "./server {port}" --junit a.xml --report a.html --badge a.svg'],
  ['Test a server that requires tokens', '--url http://localhost:9000 --auth required --auth-key SECRET'],
  ['Play random steps', '--command "./server {port}" --random 40 --seed 7'],
  ['Save the steps of a violation', '--command "./server {port}" --random 40 --save-replay steps.txt'],
  ['Repeat them on a running server', '--url http://localhost:9000 --replay steps.txt'],
  ['Test a Mercure hub', '--dialect mercure --url http://localhost:3000 --mercure-open'],
  ['Test a topic relay', '--dialect relay --url http://localhost:4444'],
];

function examples(): string {
  return EXAMPLES.map(([use, command]) => `  ${use}:\n    signalbox conform ${command}`).join('\n');
}

const LEFT_COLUMN = 32;
const MAX_WIDTH = 98;

function table(flags: Readonly<Record<string, Flag>>): string {
  const indent = ' '.repeat(LEFT_COLUMN);
  return Object.entries(flags)
    .map(([name, { placeholder, meaning }]) => {
      const left = `  --${name} ${placeholder}`.trimEnd().padEnd(LEFT_COLUMN);
      return left + wrap(meaning, MAX_WIDTH - LEFT_COLUMN).join(`\n${indent}`);
    })
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
