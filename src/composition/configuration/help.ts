import { displayDefault } from './option-display.ts';
import type { Option } from './option.ts';
import { GROUPS, OPTIONS, type OptionName } from './options.ts';

const WIDEST = 98;
const NARROWEST = 40;
const MARGIN = 2;
const LEFT_COLUMN = 38;
const NARROW_INDENT = 10;
// A space at which no line is broken.
const TIE = '\u00A0';

const EXAMPLES = [
  'signalbox --port 9000 --path /signal',
  'signalbox --sslkey key.pem --sslcert cert.pem --port 443',
  'signalbox --key app --key test --cors https://example.org --proxied',
  'SIGNALBOX_PORT=9000 signalbox --profile hardened --print-config',
];

const CLOSING = [
  'Every option but those of the command line can also stand in the environment, in capitals (SIGNALBOX_PORT=9000, lists ' +
    'with commas), or in a JSON file (--config). The command line is stronger than the environment, that than the file. ' +
    'Names may be written with _ or with -; what is true by --name is false by --no-name.',
  'Ends with 0 after a clean stop, 1 when it can not start or breaks, 2 for options that can not be used. SIGTERM and SIGINT ' +
    'drain; a second one ends at once.',
  'What each option means to clients: docs/options.md in the package.',
  `Other commands: \`${tied('signalbox health')}\` asks a broker with the same options whether it is well, for health checks; ` +
    `\`${tied('signalbox conform --help')}\` asks any PeerJS-compatible server whether it keeps the rules, ` +
    `\`${tied('signalbox conform-report --help')}\` makes one page of what it found.`,
];

function tied(words: string): string {
  return words.replaceAll(' ', TIE);
}

/** The usage, wrapped. @param columns of the terminal; undefined where there is none. */
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
