import type { Settings } from './settings.ts';

/** Address and configuration of a running server. */
export interface Profile {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Accept untrusted TLS certificates. */
  readonly trustsAnyCertificate: boolean;
  /** With a leading and a trailing slash; `/` for the root. */
  readonly path: string;
  /** The first key if the server has several. */
  readonly key: string;
  /** The settings that the server was started with, or that the user declared. */
  readonly settings: Settings;
  /** How long a case waits for an expected event, in milliseconds. */
  readonly patience: number;
}

/** The address of a server. */
export type Address = Pick<Profile, 'host' | 'port' | 'secure' | 'trustsAnyCertificate'>;

const DEFAULT_KEY = 'peerjs';

/** The profile of a server with these settings. */
export function profileOf(address: Address, settings: Settings, patience: number): Profile {
  const { host, port, secure, trustsAnyCertificate } = address;
  const path = `/${settings.path ?? ''}/`.replaceAll(/\/+/g, '/');
  return { host, port, secure, trustsAnyCertificate, path, key: settings.key?.[0] ?? DEFAULT_KEY, settings, patience };
}
