import { createRequire } from 'node:module';
import { extname } from 'node:path';
import type * as Toml from 'smol-toml';
import type * as Yaml from 'yaml';
import { jsonError, repeatedNames } from './json-error.ts';
import { shown } from './reading.ts';

/** The content of a config file, or the reason why it can't be parsed. */
export type Parsed = { readonly content: unknown } | { readonly fault: string };

/** A format of config files. */
export interface ConfigFormat {
  /** The top level of the file, for a message. */
  readonly shape: string;
  /** @returns a fault without the text of the file, which may contain secrets. */
  parse(written: string, path: string): Parsed;
}

const FORMATS: Readonly<Record<string, ConfigFormat>> = {
  '.yaml': { shape: 'one mapping with options by name, such as port: 9000', parse: parseYaml },
  '.yml': { shape: 'one mapping with options by name, such as port: 9000', parse: parseYaml },
  '.toml': { shape: 'options by name, such as port = 9000', parse: parseToml },
};

const JSON_FORMAT: ConfigFormat = {
  shape: 'one JSON object with options by name, such as {"port": 9000}',
  parse: parseJson,
};

/** The format of a file by its extension. A file with another extension than .yaml, .yml and .toml is JSON. */
export function formatOf(path: string): ConfigFormat {
  return FORMATS[extname(path).toLowerCase()] ?? JSON_FORMAT;
}

/** The parsers are loaded on use, because most brokers have no such file. */
const load = createRequire(import.meta.url);

function parseJson(written: string, path: string): Parsed {
  const fault = jsonError(written);
  if (fault !== undefined) {
    const { line, column, expected } = fault;
    return { fault: `${path} is not JSON: line ${line}, column ${column}: expected ${expected}` };
  }
  const [repeated] = repeatedNames(written);
  if (repeated === undefined) return { content: JSON.parse(written) };
  const { name, line, firstLine } = repeated;
  return { fault: `${path} has ${shown(name)} twice, in line ${firstLine} and in line ${line}: remove one of them` };
}

function parseYaml(written: string, path: string): Parsed {
  const { parseDocument } = load('yaml') as typeof Yaml;
  const document = parseDocument(written, { prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, column } = placeOf(written, error.pos[0]);
    return { fault: `${path} is not YAML: line ${line}, column ${column}: ${reasonOf(error.code)}` };
  }
  try {
    // A file with nothing but comments has no content.
    return { content: document.toJS() ?? {} };
  } catch {
    return { fault: `${path} is not YAML: an alias has no anchor before it` };
  }
}

function parseToml(written: string, path: string): Parsed {
  const { parse, TomlError } = load('smol-toml') as typeof Toml;
  try {
    return { content: parse(written) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [, reason = error.message] = /^Invalid TOML document: (.*)$/m.exec(error.message) ?? [];
    return { fault: `${path} is not TOML: line ${error.line}, column ${error.column}: ${reason}` };
  }
}

/** The codes of the parser, such as DUPLICATE_KEY. Its messages contain parts of the file. */
function reasonOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function placeOf(written: string, offset: number): { readonly line: number; readonly column: number } {
  const before = written.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
