import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ListenError } from '../../../application/ports/transport.ts';
import type { CertificateFiles } from './settings.ts';

/** A key and the certificate chain that belongs to it, as PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Reads both files and tries them out, for a library may end the process over a bad one. @throws ListenError */
export function readCertificate({ keyFile, certFile }: CertificateFiles): Certificate {
  const key = attempt(`${keyFile} can't be read`, () => readFileSync(keyFile));
  const cert = attempt(`${certFile} can't be read`, () => readFileSync(certFile));
  attempt(`${keyFile} holds no usable private key`, () => createPrivateKey(key));
  attempt(`${certFile} holds no usable certificate`, () => new X509Certificate(cert));
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
