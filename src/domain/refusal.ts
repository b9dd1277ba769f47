import type { PeerIdRefusal } from './ids.ts';

/** Why a connection does not become a peer. Every dialect has a line for each. */
export type OpenRefusal =
  | { readonly reason: 'credentials-missing' }
  | { readonly reason: 'key-unknown' }
  | PeerIdRefusal
  | { readonly reason: 'id-taken' }
  | { readonly reason: 'realm-full' };

/** Why an open connection ends by the broker's will. Every dialect has a close code for each. */
export type Ending =
  'left' | 'superseded' | 'silent' | 'malformed' | 'flooding' | 'overreaching' | 'hoarding' | 'restarting' | 'expired' | 'fault';
