import { readCommandLine } from './configuration/command-line.ts';
import type { Option } from './configuration/option.ts';
import { OPTIONS } from './configuration/options.ts';

/**
 * A title for a process whose arguments hold secrets, which every user of the machine could read: the arguments without them.
 * @returns undefined where there is nothing to hide.
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
