import { readFileSync } from 'node:fs';
import type { TestCertificates } from '../../src/contracts/transports/fixture.ts';

export const TLS_FILES = { keyFile: supportFile('tls/localhost.key'), certFile: supportFile('tls/localhost.crt') };
/** Another key and certificate for the same host name. */
export const RENEWED_TLS_FILES = { keyFile: supportFile('tls/renewed.key'), certFile: supportFile('tls/renewed.crt') };

/** The certificates that clients trust, as PEM. */
export const TRUSTED = [TLS_FILES, RENEWED_TLS_FILES].map(({ certFile }) => readFileSync(certFile, 'utf8'));

/** The certificates of the contract suite of transports. */
export const CERTIFICATES: TestCertificates = {
  ...{ files: TLS_FILES, renewed: RENEWED_TLS_FILES },
  unmatchedKeyFile: supportFile('tls/stranger.key'),
};

function supportFile(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
