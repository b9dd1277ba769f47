/* The options of the command line and of the environment. A flag overrides the variable. */
import { parseArgs } from 'node:util';

const OPTIONS = {
  broker: { variable: 'PEER_BROKER', value: 'URL', fallback: 'http://localhost:9000/', text: 'the broker, with its path' },
  key: { variable: 'PEER_KEY', value: 'KEY', fallback: 'peerjs', text: 'the key of the broker' },
  id: { variable: 'PEER_ID', value: 'ID', fallback: 'echo', text: 'the id of this peer' },
  token: { variable: 'PEER_TOKEN', value: 'TEXT', text: 'the token, for example a JWT; by default a random one' },
  token_file: { variable: 'PEER_TOKEN_FILE', value: 'PATH', text: 'a file with the token, read before each connection' },
  token_command: { variable: 'PEER_TOKEN_COMMAND', value: 'COMMAND', text: 'a command that prints a fresh token' },
  greet: { variable: 'PEER_GREET', value: 'ID', text: 'connect to this peer, send a greeting and log the reply' },
};

const ID = /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/;

export function help() {
  const rows = Object.entries(OPTIONS).map(([name, { variable, value, fallback, text }]) => [
    `  --${name} ${value}`,
    variable,
    fallback === undefined ? text : `${text} [${fallback}]`,
  ]);
  const width = (column) => Math.max(...rows.map((row) => row[column].length)) + 2;
  const lines = rows.map(([flag, variable, text]) => `${flag.padEnd(width(0))}${variable.padEnd(width(1))}${text}`);
  return ['Usage: node start.mjs [options]', '', 'A peer that returns data and media to their sender.', '', ...lines].join('\n');
}

/** @throws TypeError for an unknown flag or an invalid value. */
export function readOptions(args, environment) {
  const flags = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ args, options: { ...flags, help: { type: 'boolean' } } });
  const options = Object.entries(OPTIONS).map(([name, { variable, fallback }]) => [
    name,
    values[name] ?? environment[variable] ?? fallback,
  ]);
  return { help: false, ...checked(Object.fromEntries(options)), ...(values.help && { help: true }) };
}

function checked(options) {
  if (!ID.test(options.id)) {
    throw new TypeError(`--id ${options.id} is no id of PeerJS. Use letters and digits, with single - or _ between them.`);
  }
  if (!/^https?:/.test(options.broker) || !URL.canParse(options.broker)) {
    throw new TypeError(`--broker ${options.broker} is no URL of http or https. Use for example http://localhost:9000/.`);
  }
  const broker = new URL(options.broker);
  broker.pathname = `${broker.pathname.replace(/\/$/, '')}/`;
  return { ...options, broker };
}
