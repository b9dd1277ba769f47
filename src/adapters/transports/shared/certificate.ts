import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ListenError } from '../../../application/ports/transport.ts';
import type { CertificateFiles } from './settings.ts';

/** A private key and its certificate chain, as PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Reads and checks both files, because a library may end the process for an invalid one. @throws ListenError */
export function readCertificate({ keyFile, certFile }: CertificateFiles): Certificate {
  const key = attempt(`${keyFile} can't be read`, () => readFileSync(keyFile));
  const cert = attempt(`${certFile} can't be read`, () => readFileSync(certFile));
  attempt(`${keyFile} contains no usable private key`, () => createPrivateKey(key));
  attempt(`${certFile} contains no usable certificate`, () => new X509Certificate(cert));
  attempt(`${keyFile} and ${certFile} can't be used together`, () => createSecureContext({ key, cert }));
  return { key, cert };
}

function attempt<T>(complaint: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const detail = `${complaint}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ListenError({ reason: 'certificate-unusable', detail }, detail);
  }
}
