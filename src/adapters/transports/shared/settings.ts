import type { Millis } from '../../../domain/time.ts';

/** Where the private key and the certificate chain stand, both PEM. */
export interface CertificateFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

/** What bounds one connection. */
export interface PerConnectionLimits {
  /** M18: a message of more bytes is not reported, and its connection is closed 1009. */
  readonly maxFrameBytes: number;
  /** How much may wait for a far end that reads slowly; and how much it may send ahead while it is paused. */
  readonly sendBufferBytes: number;
}

/** What a transport that listens by itself has to know. */
export interface TransportSettings extends PerConnectionLimits {
  /** A name or an address. `::` takes IPv4 too. */
  readonly host: string;
  /** 0 asks for any free one. */
  readonly port: number;
  readonly tls?: CertificateFiles;
  /** A far end that has not sent its whole request by then is cut. */
  readonly handshakeTimeout: Millis;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveTimeout: Millis;
  /** H11: a request with a longer head is answered 431. */
  readonly maxHeaderBytes: number;
}

/** How long the far end has to answer a goodbye before it is cut. */
export const CLOSE_GRACE: Millis = 2_000;
