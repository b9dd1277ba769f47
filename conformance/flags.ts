import { flagOf, SETTING_NAMES, SETTINGS } from './settings.ts';

/** How the value of a flag is written. */
type Form = 'text' | 'number' | 'truth' | 'list';

export interface Flag {
  readonly form: Form;
  /** What the usage calls the value. */
  readonly placeholder: string;
  readonly meaning: string;
}

/** The flags of the suite itself, in the order of the usage. */
const SUITE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { form: 'text', placeholder: 'URL', meaning: 'a server that runs: http://host:port, or https' },
  command: {
    form: 'text',
    placeholder: 'COMMAND',
    meaning:
      'starts servers, one for each way of setting them: "npx --package peer peerjs --port {port} {options}". {port} is a free port, {options} ' +
      'the flags; a setting by its name, such as {expire_timeout}, stands for its value',
  },
  flavour: {
    form: 'text',
    placeholder: 'FLAVOUR',
    meaning: 'whose flags {options} stands for: peer, signalbox or none [peer]',
  },
  dialect: {
    form: 'text',
    placeholder: 'DIALECT',
    meaning: 'which wire is asked about: peerjs, mercure or relay, the topic relay of y-webrtc and Trystero [peerjs]',
  },
  name: { form: 'text', placeholder: 'NAME', meaning: 'how the server is called in reports' },
  only: { form: 'list', placeholder: 'PATTERN', meaning: 'cases by rule or id: M14, "M*", O5.closes-old; repeat it for more' },
  strict: { form: 'truth', placeholder: '', meaning: 'what is loose fails the run too' },
  report: { form: 'text', placeholder: 'FILE', meaning: 'writes a page to read' },
  json: { form: 'text', placeholder: 'FILE', meaning: 'writes the results as JSON, - for stdout' },
  junit: { form: 'text', placeholder: 'FILE', meaning: 'writes the results as JUnit XML' },
  list: { form: 'truth', placeholder: '', meaning: 'prints the cases, and ends' },
  patience: { form: 'number', placeholder: 'MS', meaning: 'how long to wait for what should come [5000]' },
  'start-timeout': { form: 'number', placeholder: 'MS', meaning: 'how long a command may take until it answers [20000]' },
  insecure: { form: 'truth', placeholder: '', meaning: 'takes a certificate that nobody vouches for' },
  random: {
    form: 'number',
    placeholder: 'N',
    meaning: 'instead of the cases: so many random runs, judged by the model; for peerjs only',
  },
  seed: { form: 'number', placeholder: 'S', meaning: 'where the random runs begin; the same seed gives the same steps' },
  replay: { form: 'text', placeholder: 'STEPS', meaning: 'plays what a random run has printed' },
  expect: {
    form: 'text',
    placeholder: 'WHAT',
    meaning: 'what random runs hold the server to: compatible, signalbox (every rule) or peer [compatible]',
  },
  help: { form: 'truth', placeholder: '', meaning: 'prints this, and ends' },
};

const PLACEHOLDERS = { number: 'N', truth: '', text: 'TEXT', list: 'TEXT' } as const;

/** How a server is set that the suite can not set by itself. */
const SETTING_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  SETTING_NAMES.map((name) => {
    const { kind, meaning } = SETTINGS[name];
    return [flagOf(name).slice(2), { form: kind, placeholder: PLACEHOLDERS[kind], meaning }];
  }),
);

/** Every flag by its name, without the dashes in front. */
export const FLAGS: Readonly<Record<string, Flag>> = { ...SUITE_FLAGS, ...SETTING_FLAGS };

/** What `signalbox conform --help` prints. */
export function usage(): string {
  return `Usage: signalbox conform --url http://host:port [options]
       signalbox conform --command "npx --package peer peerjs --port {port} {options}" [options]

Asks a PeerJS-compatible server, a Mercure hub or a topic relay whether it keeps the rules, and
says what it found.

Options
${table(SUITE_FLAGS)}

How the server is set, where {options} does not set it. What is not told can not be tested.
${table(SETTING_FLAGS)}

Ends with 0 where nothing failed and nothing was dangerous, else with 1; with 2 for options that
can not be used.
`;
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
