import type { PeerId, PeerIdRefusal } from './ids.ts';

/** The reason why a connection does not become a peer. Every dialect maps each reason to its wire. */
export type OpenRefusal =
  | { readonly reason: 'credentials-missing' }
  | { readonly reason: 'key-unknown' }
  | PeerIdRefusal
  | { readonly reason: 'id-taken' }
  | { readonly reason: 'realm-full' }
  /** R3: too many realms by pattern are in use. */
  | { readonly reason: 'too-many-realms'; readonly limit: number }
  | AccessRefusal;

/** A6: the reason why a client is not granted access. */
export type AccessRefusal =
  /** No token, or none that can be verified, although one is required. */
  | { readonly reason: 'token-missing' }
  /** @param detail the failed check, for the log only, such as `signature`. It contains no part of the token. */
  | { readonly reason: 'token-invalid'; readonly detail: string }
  | { readonly reason: 'token-expired' }
  | { readonly reason: 'token-early' }
  | { readonly reason: 'realm-not-granted' }
  | { readonly reason: 'id-not-granted'; readonly id: PeerId }
  | { readonly reason: 'id-reserved' }
  /** The authorizer refused the client. @param message its text for the client. */
  | { readonly reason: 'not-admitted'; readonly message: string }
  | { readonly reason: 'authorizer-unreachable' }
  /** ADM4: the operator has banned the client. */
  | { readonly reason: 'banned' };

/** The reason why the broker closes an open connection. Every dialect has a close code for each. */
export type Ending =
  | 'left'
  | 'superseded'
  | 'silent'
  | 'malformed'
  | 'flooding'
  | 'overreaching'
  | 'hoarding'
  | 'restarting'
  | 'expired'
  | 'removed'
  | 'fault';
