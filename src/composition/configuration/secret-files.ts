import { accepted, refused, type Result } from '../../domain/result.ts';
import { optionNamed } from './option-names.ts';
import type { Option } from './option.ts';
import { OPTIONS, type OptionName } from './options.ts';
import { type ConfigProblem, type ReadFile, type Reading, readNamedFile, type Readings, shown } from './reading.ts';

/** The value of a secret is in this file. */
class SecretFile {
  readonly path: unknown;

  constructor(path: unknown) {
    this.path = path;
  }
}

/** A path, or each path of a list. */
export function secretFiles(raw: unknown): unknown {
  return Array.isArray(raw) ? raw.map((path) => new SecretFile(path)) : new SecretFile(raw);
}

/** The secret whose value is in the file that an option with that spelling names, if any: `auth_key_file`, `authKeyFile`. */
export function secretOfFile(spelling: string): OptionName | undefined {
  const [, base] = /^(.+?)(?:[_-]file|File)$/.exec(spelling) ?? [];
  const name = base === undefined ? undefined : optionNamed(base);
  return name !== undefined && isSecret(name) ? name : undefined;
}

/** Options whose values are never shown. */
export function isSecret(name: OptionName): boolean {
  const option: Option<unknown, unknown> = OPTIONS[name];
  return option.isSecret === true;
}

/** Replaces each file by its content, without the line break at its end. */
export function withSecrets({ readings, problems }: Readings, readFile: ReadFile): Readings {
  const read: Reading[] = [];
  const unreadable: ConfigProblem[] = [];
  for (const reading of readings) {
    const raw = contentOf(reading, readFile);
    if (raw.ok) read.push({ ...reading, raw: raw.value });
    else unreadable.push(raw.refusal);
  }
  return { readings: read, problems: [...problems, ...unreadable] };
}

function contentOf({ source, raw }: Reading, readFile: ReadFile): Result<unknown, ConfigProblem> {
  const values: unknown[] = [];
  for (const item of [raw].flat()) {
    if (!(item instanceof SecretFile)) {
      values.push(item);
      continue;
    }
    if (typeof item.path !== 'string' || item.path === '') {
      return refused({ source, message: `${source} is ${shown(item.path)}; it must be the path of a file` });
    }
    const written = readNamedFile(item.path, source, readFile);
    if (!written.ok) return written;
    values.push(written.value.replace(/\r?\n$/, ''));
  }
  return accepted(Array.isArray(raw) ? values : values[0]);
}
