import type { Millis } from '../../../domain/time.ts';

/** Paths of the private key and the certificate chain, both PEM. */
export interface CertificateFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

/** Limits of one connection. */
export interface PerConnectionLimits {
  /** M18: a larger message is not reported, and its connection is closed with 1009. */
  readonly maxFrameBytes: number;
  /** Bytes that may be queued for a slow client, and bytes that may be received while the connection is paused. */
  readonly sendBufferBytes: number;
}

/** Settings of a transport that opens its own port. */
export interface TransportSettings extends PerConnectionLimits {
  /** A host name or an address. `::` accepts IPv4 too. */
  readonly host: string;
  /** 0 selects any free port. */
  readonly port: number;
  /** Whether other processes of the broker listen on the same port. */
  readonly isShared?: boolean;
  readonly tls?: CertificateFiles;
  /** A client that has not sent a complete request by then is disconnected. */
  readonly handshakeTimeout: Millis;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveTimeout: Millis;
  /** H11: a request with a larger header section is answered with 431. */
  readonly maxHeaderBytes: number;
}

/**
 * M21: how long a client may take to read its last text and the close frame before the connection is terminated. Less would lose
 * the reason on a slow network.
 */
export const CLOSE_GRACE: Millis = 3_000;
