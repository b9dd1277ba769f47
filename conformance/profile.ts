import type { Settings } from './settings.ts';

/** What the suite knows of a running server. */
export interface Profile {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Whether a certificate that nobody vouches for will do. */
  readonly trustsAnyCertificate: boolean;
  /** With a slash at both ends, or one for both. */
  readonly path: string;
  /** The first where there are several. */
  readonly key: string;
  /** As it was started with, or as was told. */
  readonly settings: Settings;
  /** How long a case waits for what should come, in milliseconds. */
  readonly patience: number;
}

/** Where a server listens. */
export type Address = Pick<Profile, 'host' | 'port' | 'secure' | 'trustsAnyCertificate'>;

const DEFAULT_KEY = 'peerjs';

/** What is known of a server at an address that is set like this. */
export function profileOf(address: Address, settings: Settings, patience: number): Profile {
  const { host, port, secure, trustsAnyCertificate } = address;
  const path = `/${settings.path ?? ''}/`.replaceAll(/\/+/g, '/');
  return { host, port, secure, trustsAnyCertificate, path, key: settings.key?.[0] ?? DEFAULT_KEY, settings, patience };
}
