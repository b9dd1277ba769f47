import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { CertificateObservation, ReachObservation } from '../judge/reach.ts';
import { codeOf, settled } from './timing.ts';

const DAY_MS = 86_400_000;

/** D1: the name, the TCP connection, and the TLS handshake with its certificate. */
export async function observeReach(url: URL, timeout: number): Promise<ReachObservation> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const start = performance.now();
  const observe = (rest: Partial<ReachObservation>): ReachObservation => ({
    ...{ host, port, took: Math.round(performance.now() - start) },
    ...rest,
  });
  try {
    if (isIP(host) === 0) await settled(timeout, lookup(host));
    if (!isSecure) {
      (await connected(connectTcp({ host, port }), 'connect', timeout)).destroy();
      return observe({});
    }
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ host, port, ...servername, rejectUnauthorized: false });
    const secure = (await connected(socket, 'secureConnect', timeout)) as TLSSocket;
    const certificate = certificateOf(secure, host);
    secure.destroy();
    return observe({ certificate });
  } catch (error) {
    return observe({ error: codeOf(error) });
  }
}

function certificateOf(socket: TLSSocket, host: string): CertificateObservation {
  const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
  const chainFault = socket.authorized ? undefined : String(socket.authorizationError ?? 'unknown');
  const nameFault = checkServerIdentity(host, certificate) === undefined ? undefined : 'ERR_TLS_CERT_ALTNAME_INVALID';
  const names = certificate.subjectaltname ?? String(certificate.subject.CN);
  const daysLeft = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS);
  return { fault: chainFault ?? nameFault, names, daysLeft };
}

function connected(socket: Socket, event: 'connect' | 'secureConnect', timeout: number): Promise<Socket> {
  const done = new Promise<Socket>((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    // A server that speaks HTTP may close during the handshake.
    socket.once('end', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.on('error', reject);
  });
  return settled(timeout, done).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}
