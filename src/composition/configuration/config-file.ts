import { formatOf } from './config-formats.ts';
import type { Option } from './option.ts';
import { optionNamed, suggestion } from './option-names.ts';
import { OPTION_NAMES, OPTIONS, type OptionName, type Settings } from './options.ts';
import { type ConfigProblem, type ReadFile, type Reading, readNamedFile, type Readings } from './reading.ts';
import { isSecret, secretFiles, secretOfFile } from './secret-files.ts';

const EVERYWHERE: readonly OptionName[] = OPTION_NAMES.filter((name) => OPTIONS[name].scope === 'everywhere');

/** Reads a config file in JSON, YAML or TOML. @param source the option or variable that names the file. */
export function readConfigFile(path: string, source: string, readFile: ReadFile): Readings {
  const fails = (message: string): Readings => ({ readings: [], problems: [{ source, message }] });
  const written = readNamedFile(path, source, readFile);
  if (!written.ok) return { readings: [], problems: [written.refusal] };
  const format = formatOf(path);
  const parsed = format.parse(written.value.replace(/^\uFEFF/, ''), path);
  if ('fault' in parsed) return fails(parsed.fault);
  const { content } = parsed;
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return readObject(content, ` in ${path}`);
  return fails(`${path} must contain ${format.shape}`);
}

/** Reads options by name, in any spelling. @param location is appended to the name in messages. */
export function readObject(given: object, location: string): Readings {
  const readings: Reading[] = [];
  const problems: ConfigProblem[] = [];
  const spellings = new Map<OptionName, string>();
  for (const [written, raw] of Object.entries(given)) {
    const source = `${written}${location}`;
    // A program reads its files itself.
    const secret = location === '' ? undefined : secretOfFile(written);
    const name = optionNamed(written) ?? secret;
    const twin = name === undefined ? undefined : spellings.get(name);
    if (name === undefined) problems.push({ source, message: `${source} is not an option${suggestion(written, EVERYWHERE)}` });
    else if (!EVERYWHERE.includes(name)) problems.push({ source, message: `${source} is for the command line only` });
    else if (raw === undefined) continue;
    else if (twin !== undefined) problems.push({ source, message: `${twin} and ${source} are one option: give it once` });
    else {
      spellings.set(name, written);
      readings.push({ name, raw: secret === undefined ? raw : secretFiles(raw), source });
    }
  }
  return { readings, problems };
}

/** The content of a config file with these settings. Secrets are left out. */
export function fileOf(settings: Settings): Partial<Settings> {
  const entries = Object.entries(settings) as [OptionName, unknown][];
  const shown = entries.map(([name, value]) => [name, withoutSecrets(name, value)] as const);
  return Object.fromEntries(shown.filter(([name, value]) => EVERYWHERE.includes(name) && value !== undefined));
}

function withoutSecrets(name: OptionName, value: unknown): unknown {
  if (!isSecret(name) || value === undefined) return value;
  const option: Option<unknown, unknown> = OPTIONS[name];
  return option.withoutSecrets?.(value);
}
