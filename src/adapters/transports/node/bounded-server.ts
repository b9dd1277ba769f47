import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer, type ServerOptions as SecureServerOptions } from 'node:https';
import { readCertificate } from '../shared/certificate.ts';
import type { TransportSettings } from '../shared/settings.ts';

/** The settings of an HTTP server. */
export type ServerBounds = Pick<TransportSettings, 'tls' | 'handshakeTimeout' | 'keepAliveTimeout' | 'maxHeaderBytes'>;

/**
 * Creates the HTTP or HTTPS server of a broker, with limits on requests.
 * @param ssl options of `https.createServer`, which replace the certificate files of `tls`.
 * @throws ListenError if the certificate can't be used.
 */
export function createBoundedServer(bounds: ServerBounds, ssl?: SecureServerOptions): Server {
  const { tls, handshakeTimeout, keepAliveTimeout, maxHeaderBytes } = bounds;
  const options: ServerOptions = {
    keepAliveTimeout,
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    connectionsCheckingInterval: Math.max(20, handshakeTimeout / 4),
  };
  const secrets = ssl ?? (tls === undefined ? undefined : readCertificate(tls));
  const server = secrets === undefined ? createServer(options) : createSecureServer({ ...options, handshakeTimeout, ...secrets });
  // Also closes a client that does not read its response. `server.timeout` would start a timer for each WebSocket too.
  server.on('request', ({ socket }) => socket.setTimeout(handshakeTimeout));
  return server;
}
