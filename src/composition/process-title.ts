import { readCommandLine } from './configuration/command-line.ts';
import { isSecret } from './configuration/secret-files.ts';

/**
 * The process title for arguments that contain secrets: the arguments without the secrets. Every user of the machine can read
 * the title. @returns undefined when the arguments contain no secret.
 */
export function titleWithoutSecrets(argv: readonly string[]): string | undefined {
  const { readings } = readCommandLine(argv);
  const plain = readings.filter(({ name }) => !isSecret(name));
  if (plain.length === readings.length) return undefined;
  const flags = plain.flatMap(({ name, raw }) => {
    if (raw === true) return [`--${name}`];
    if (raw === false) return [`--no-${name}`];
    return [raw].flat().map((value) => `--${name}=${String(value)}`);
  });
  return ['signalbox', ...flags].join(' ');
}
