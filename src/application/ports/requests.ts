import type { Outgoing } from '../../domain/realm.ts';
import type { Ignored } from '../../domain/decision.ts';

/** What a connection may ask for, once a dialect has read its frame. */
export type FrameRequest =
  | ({ readonly ask: 'relay' } & Outgoing)
  | { readonly ask: 'leave' }
  | { readonly ask: 'stay' }
  | { readonly ask: 'nothing'; readonly why: Ignored }
  | { readonly ask: 'unreadable' };

/** What a connection says of itself when it opens; still to be parsed. */
export interface Credentials {
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly token: string | undefined;
}

/** What an HTTP request may ask for. */
export type HttpAsk =
  | { readonly ask: 'describe' }
  | { readonly ask: 'issue-peer-id'; readonly key: string }
  | { readonly ask: 'list-peers'; readonly key: string };

/** Where a dialect serves a path: the methods that it takes there, and what is asked. */
export interface HttpRoute {
  readonly methods: readonly string[];
  readonly asks: HttpAsk;
}

/** What came of an HTTP ask. */
export type HttpOutcome =
  | { readonly gave: 'description' }
  | { readonly gave: 'peer-id'; readonly id: string }
  | { readonly gave: 'peers'; readonly ids: readonly string[] }
  | { readonly gave: 'refusal'; readonly reason: 'key-unknown' | 'discovery-off' };
