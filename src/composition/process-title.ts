import { readCommandLine } from './configuration/command-line.ts';
import type { Option } from './configuration/option.ts';
import { OPTIONS } from './configuration/options.ts';

/**
 * The process title for arguments that contain secrets: the arguments without the secrets. Every user of the machine can read
 * the title. @returns undefined when the arguments contain no secret.
 */
export function titleWithoutSecrets(argv: readonly string[]): string | undefined {
  const { readings } = readCommandLine(argv);
  const isSecret = (option: Option<unknown, unknown>): boolean => option.isSecret === true;
  const plain = readings.filter(({ name }) => !isSecret(OPTIONS[name]));
  if (plain.length === readings.length) return undefined;
  const flags = plain.flatMap(({ name, raw }) => {
    if (raw === true) return [`--${name}`];
    if (raw === false) return [`--no-${name}`];
    return [raw].flat().map((value) => `--${name}=${String(value)}`);
  });
  return ['signalbox', ...flags].join(' ');
}
