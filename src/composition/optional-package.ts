import { ConfigError } from './configuration/config-error.ts';

/** Packages that a part of the broker needs, and that the program installs: optional peer dependencies of this package. */
export interface OptionalPackages {
  /** The part, as its user knows it: `--cluster with a NATS server`. */
  readonly feature: string;
  /** With the version for `npm install`: `ioredis@6`. */
  readonly packages: readonly string[];
}

/**
 * Loads a part of the broker. @param load imports the file that imports the packages.
 * @throws ConfigError with the command that installs the packages, if one is missing.
 */
export async function loadOptional<Loaded>(needed: OptionalPackages, load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (cause) {
    const missing = missingPackage(cause);
    if (missing === undefined || !needed.packages.some((name) => nameOf(name) === missing)) throw cause;
    const { feature, packages } = needed;
    const message = `${feature} needs the package ${missing}, which is not installed: npm install ${packages.join(' ')}`;
    throw new ConfigError([{ source: missing, message }]);
  }
}

/** The package of an import that failed; undefined for any other failure. */
function missingPackage(error: unknown): string | undefined {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^/'.][^/']*)/.exec(message ?? '')?.[1];
}

/** Without the version. */
function nameOf(installed: string): string {
  return installed.replace(/(?<=.)@.*$/, '');
}
