import { displayDefault } from './option-display.ts';
import type { Option } from './option.ts';
import { GROUPS, OPTIONS, type OptionName } from './options.ts';

const WIDEST = 98;
const NARROWEST = 40;
const MARGIN = 2;
const LEFT_COLUMN = 38;
const NARROW_INDENT = 10;
// A space without a line break.
const TIE = '\u00A0';

const EXAMPLES = [
  'signalbox --port 9000 --path /signal',
  'signalbox --sslkey key.pem --sslcert cert.pem --port 443',
  'signalbox --key app --key test --cors https://example.org --proxied',
  'SIGNALBOX_PORT=9000 signalbox --profile hardened --print-config',
];

const CLOSING = [
  'Every option outside the group "Command line" can also be set by an environment variable in capitals (SIGNALBOX_PORT=9000, ' +
    'lists separated by commas) or in a JSON file (--config). The command line overrides the environment, and the environment ' +
    'overrides the file. Names may be written with _ or with -. --no-name sets an option to false.',
  'Exit codes: 0 after a graceful shutdown, 1 if the broker can not start or fails, 2 for invalid options. SIGTERM and SIGINT ' +
    'drain; a second signal ends the process at once.',
  'docs/options.md in the package describes the effect of each option on clients.',
  `Other commands: \`${tied('signalbox health')}\` checks the health of a broker with the same options; ` +
    `\`${tied('signalbox token --help')}\` makes and explains tokens for development; ` +
    `\`${tied('signalbox top --help')}\` shows the nodes and realms of a broker in a terminal; ` +
    `\`${tied('signalbox bench --help')}\` measures a server, and compares two; ` +
    `\`${tied('signalbox new --help')}\` writes an adapter of your own and its test; ` +
    `\`${tied('signalbox doctor --help')}\` tests the way to a broker and explains each fault; ` +
    `\`${tied('signalbox conform --help')}\` tests any PeerJS-compatible server against the rules of the protocol; ` +
    `\`${tied('signalbox conform-report --help')}\` makes a report of the results.`,
];

function tied(words: string): string {
  return words.replaceAll(' ', TIE);
}

/** The help text, wrapped. @param columns the width of the terminal; undefined without a terminal. */
export function usage(columns: number = WIDEST): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns));
  const sections = GROUPS.map(([group, names]) => [group, ...names.flatMap((name) => entry(name, width))].join('\n'));
  const examples = ['Examples', ...EXAMPLES.map((example) => `${' '.repeat(MARGIN)}${example}`)].join('\n');
  const intro = [
    'Usage: signalbox [serve] [options]',
    ...wrapped('A signalling broker for WebRTC that PeerJS clients understand.', width),
  ];
  const closing = CLOSING.map((paragraph) => wrapped(paragraph, width).join('\n'));
  return `${[intro.join('\n'), ...sections, examples, ...closing].join('\n\n')}\n`;
}

function entry(name: OptionName, width: number): string[] {
  const { short, placeholder, description, scope }: Option<unknown, unknown> = OPTIONS[name];
  const flags = `${short === undefined ? '    ' : `-${short}, `}--${name} ${placeholder}`.trimEnd();
  const fallback = scope === 'command line' ? '' : ` [${displayDefault(OPTIONS[name]).replaceAll(' ', TIE)}]`;
  const left = `${' '.repeat(MARGIN)}${flags}`;
  const indent = width < 2 * LEFT_COLUMN ? NARROW_INDENT : LEFT_COLUMN;
  const right = wrapped(`${description}${fallback}`, width - indent).map((line) => `${' '.repeat(indent)}${line}`);
  if (left.length > indent - MARGIN) return [left, ...right];
  return right.map((line, i) => (i === 0 ? left + line.slice(left.length) : line));
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((one) => one.replaceAll(TIE, ' '));
}
