import { variablesOf } from '../src/composition/configuration/environment.ts';
import { configName } from '../src/composition/configuration/option-names.ts';
import { displayValue } from '../src/composition/configuration/option-display.ts';
import type { Option } from '../src/composition/configuration/option.ts';
import { isReloadable } from '../src/composition/configuration/reloadable-options.ts';
import { resolveConfig } from '../src/composition/configuration/config.ts';
import { GROUPS, OPTION_NAMES, OPTIONS, type OptionName, type Settings } from '../src/composition/configuration/options.ts';
import { incompleteBytesOf, worstCaseOf } from './worst-case.ts';

const INTRODUCTION = `# Options

This page is generated from the schema in \`src/composition\` by \`npm run docs\`.

Options are read from five sources. For each option the first source that sets it counts:

1. the command line: \`--expire_timeout 5000\`, \`--expire-timeout=5000\`, \`-t 5000\`; \`--allow_discovery\`,
   \`--no-allow_discovery\`, \`--allow_discovery=false\`. A list is a repeated flag: \`--key a --key b\`.
2. the environment: \`SIGNALBOX_EXPIRE_TIMEOUT=5000\`. Some options have further variables; the first one
   named below has precedence. A list is one variable, separated by commas. An empty variable is ignored.
3. the file of \`--config\` or \`SIGNALBOX_CONFIG\`, with the names below: YAML (\`.yaml\`, \`.yml\`), TOML (\`.toml\`)
   or else one JSON object. \`signalbox --print_config\` prints one, \`signalbox --check\` checks all options.
4. the profile: \`hardened\` has narrower defaults.
5. the default.

The library takes the same names, in the spelling of this page or in camel case (\`expire_timeout\`,
\`expireTimeout\`), and reads neither the command line nor the environment nor a file. In a \`Config\` the two
files for TLS are one member: \`tls: { keyFile, certFile }\`.

An invalid option is refused with one line that names the allowed values, and the command exits with code 2. A valid value that is
probably a mistake is a warning. Secrets (keys, the URL of a cluster) are never printed. Set them in the environment or the file, because
other users of the machine can read arguments until the broker has replaced its process title. Each secret also has a form that names a
file with its value: \`--auth_key_file\`, \`SIGNALBOX_AUTH_KEY_FILE\`, \`auth_key_file\` in the config file. Ids such as M13 are rules of
[the PeerJS wire](protocols/peerjs.md).`;

const PROXIES = `## Behind a proxy

A proxy appends the address of its client to \`x-forwarded-for\`. The entries at the right are therefore from the nearest proxies;
entries further left can be forged. Signalbox reads from the right and stops at the first address that is not a trusted proxy, or at the
first invalid entry. It reads at most 64 entries.

| \`proxied\` | address of the client |
| --- | --- |
| \`false\` | the remote address of the TCP connection; the header is ignored |
| \`true\`, or no value | the last entry: one proxy is trusted, at any address. With \`peer\` this trusts every entry, so that a client can choose its address; Signalbox has no such setting |
| \`2\` | the last entry but one: two proxies in a row |
| \`10.0.0.0/8,::1\` | the last entry outside these subnets, if the TCP connection itself is from inside them |

With fewer entries than hops the first entry counts. A number of hops is safe only if all connections to the broker pass the
proxies; a list of subnets is always safe.`;

function memoryAside(): string {
  const [usual, narrow] = ['drop-in', 'hardened'].map((profile) => mebibytes(incompleteBytesOf(settingsOf(profile))));
  return `Not in this sum:

- messages that are not complete, on uWebSockets.js: the library holds them. One address can make it hold at most ${usual} MiB with the
  defaults, and ${narrow} MiB with the hardened profile (B4). No limit holds for all addresses together. On the node transport these bytes
  are part of \`memory_budget\`.
- heads of HTTP requests that are not complete: up to \`max_header_bytes\` for each connection. Incomplete bodies are part of
  \`memory_budget\` (B5).
- the buffers of the operating system.

The rules are B1 to B5 in [limits of a process](protocols/limits.md). A container needs some room above the sum, because V8 frees
memory late: up to 64 MiB of buffers may wait for the garbage collector.`;
}

/** The text of docs/options.md. */
export function optionsPage(): string {
  const groups = GROUPS.map(([group, names]) => [`## ${group}`, ...names.map(entry)].join('\n\n'));
  return `${[INTRODUCTION, hardened(), memory(), ...groups, PROXIES].join('\n\n')}\n`;
}

function hardened(): string {
  const rows = OPTION_NAMES.flatMap((name) => {
    const { default: usual, hardened: narrow, unit }: Option<unknown, unknown> = OPTIONS[name];
    return narrow === undefined
      ? []
      : [`| [\`${name}\`](#${name}) | ${displayValue(usual, unit)} | ${displayValue(narrow, unit)} |`];
  });
  return [
    '## Profiles',
    'The `hardened` profile has the same options and other defaults; each can still be set to any value.',
    ['| option | drop-in | hardened |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

/** The sum of the defaults of both profiles. */
function memory(): string {
  const columns = ['drop-in', 'hardened'].map((profile) => worstCaseOf(settingsOf(profile)));
  const [usual = [], narrow = []] = columns;
  const rows = usual.map(({ what, bytes }, n) => `| ${what} | ${mebibytes(bytes)} | ${mebibytes(narrow[n]?.bytes ?? 0)} |`);
  const sums = columns.map((shares) => mebibytes(shares.reduce((sum, { bytes }) => sum + bytes, 0)));
  return [
    '## Memory in the worst case',
    'The memory of a process in MiB, with every limit exhausted at the same time:',
    ['| part | drop-in | hardened |', '| --- | --- | --- |', ...rows, `| all | ${sums.join(' | ')} |`].join('\n'),
    memoryAside(),
  ].join('\n\n');
}

function settingsOf(profile: string): Settings {
  const resolved = resolveConfig({ given: { profile } });
  if (!resolved.ok) throw new Error(`the defaults of ${profile} are allowed`);
  return resolved.value.settings;
}

function mebibytes(bytes: number): string {
  return String(Math.round(bytes / 1024 ** 2));
}

function entry(name: OptionName): string {
  const { description, effect, allowed, short, scope, default: usual, unit, dialects }: Option<unknown, unknown> = OPTIONS[name];
  const flags = [`\`--${name}\``, ...(short === undefined ? [] : [`\`-${short}\``])];
  const variables = variablesOf(name).map((variable) => `\`${variable}\``);
  const library =
    scope === 'everywhere' && configName(name) !== camelCase(name) ? [`in \`Config\`: \`${configName(name)}\``] : [];
  const facts = [
    ...(scope === 'command line' ? [] : [`Default: ${exactly(usual, unit)}. Allowed: ${allowed}.`]),
    `${[...flags, ...variables, ...library].join(', ')}.`,
    ...(effect === undefined ? [] : [`Clients see: ${effect}`]),
    ...(isReloadable(name) ? ['A reload changes it.'] : []),
    ...(dialects === undefined ? [] : [`Only with the dialect ${dialects.join(', ')}.`]),
  ];
  return [`### ${name}`, description, facts.map((fact) => `- ${fact}`).join('\n')].join('\n\n');
}

function exactly(value: unknown, unit: Option<unknown, unknown>['unit']): string {
  const words = displayValue(value, unit);
  if (words === 'none') return words;
  return unit === 'bytes' && typeof value === 'number' ? `\`${value}\` bytes (${words})` : `\`${words}\``;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
