import type { PeerIdRefusal } from './ids.ts';

/** The reason why a connection does not become a peer. Every dialect maps each reason to its wire. */
export type OpenRefusal =
  | { readonly reason: 'credentials-missing' }
  | { readonly reason: 'key-unknown' }
  | PeerIdRefusal
  | { readonly reason: 'id-taken' }
  | { readonly reason: 'realm-full' };

/** The reason why the broker closes an open connection. Every dialect has a close code for each. */
export type Ending =
  'left' | 'superseded' | 'silent' | 'malformed' | 'flooding' | 'overreaching' | 'hoarding' | 'restarting' | 'expired' | 'fault';
