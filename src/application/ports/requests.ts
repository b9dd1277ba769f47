import type { Ignored } from '../../domain/decision.ts';
import type { OutgoingMessage } from '../../domain/message.ts';
import type { Page } from '../../domain/origins.ts';
import type { Millis } from '../../domain/time.ts';
import type { Draft, Selector, RequestedTopics } from '../../domain/topic.ts';
import type { Payload } from '../../domain/message.ts';
import type { TokenUse, VerifiedToken } from './authenticator.ts';
import type { HttpResponse } from './http.ts';

/** What a connection may ask for, once a dialect has read its frame. A receipt is told when what was asked for holds. */
export type FrameRequest =
  | ({ readonly action: 'relay' } & OutgoingMessage)
  | { readonly action: 'leave' }
  | { readonly action: 'heartbeat' }
  | { readonly action: 'join-topics'; readonly selectors: readonly Selector[]; readonly receipt?: number | undefined }
  | { readonly action: 'leave-topics'; readonly selectors: readonly Selector[]; readonly receipt?: number | undefined }
  | {
      readonly action: 'publish';
      readonly draft: Draft;
      /** Whether the publisher hears it too, where it listens. */
      readonly echo: boolean;
      readonly receipt?: number | undefined;
    }
  /** T8: what those who are told that it left are to hear, should its connection be lost. */
  | { readonly action: 'set-will'; readonly will: Payload }
  | { readonly action: 'pong' }
  | { readonly action: 'ignore'; readonly why: Ignored }
  | { readonly action: 'malformed' };

/** Who a peer says it is; still to be parsed. */
export interface Credentials {
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly token: string | undefined;
}

/** What a connection says of itself when it opens. Without a key it comes to the first realm. */
export type ConnectRequest =
  /** A peer with an id of its own, and a token that proves it. */
  | ({ readonly as: 'peer' } & Credentials)
  /** A peer that the broker finds an id for. */
  | ({ readonly as: 'peer-without-id'; readonly key: string | undefined } & RequestedTopics)
  /** Somebody who can't be addressed, and takes part in topics only. The broker finds an id for it. */
  | ({ readonly as: 'guest'; readonly key: string | undefined } & RequestedTopics);

/** What an HTTP request may ask for. Some is asked in steps: a dialect reads on when it was given what it needs. */
export type HttpAction =
  | { readonly action: 'describe' }
  | { readonly action: 'issue-peer-id'; readonly key: string }
  | { readonly action: 'list-peers'; readonly key: string }
  /** The dialect has the answer itself. */
  | { readonly action: 'respond'; readonly response: HttpResponse }
  /** A body of more bytes is answered 413. It is borrowed for the call, the ask in the answer too. */
  | { readonly action: 'read-body'; readonly maxBytes: number; readonly then: (body: Uint8Array) => HttpAction }
  /** MER7. @param token undefined where it is not valid. */
  | {
      readonly action: 'verify-token';
      readonly token: string;
      readonly as: TokenUse;
      readonly then: (token?: ValidToken) => HttpAction;
    }
  | {
      readonly action: 'open-stream';
      readonly connectRequest: ConnectRequest;
      /** @param startsAfter MER5: the publication before the first that it will be told; undefined where `since` is. */
      readonly head: (startsAfter: string | undefined) => StreamHead;
    }
  | { readonly action: 'publish'; readonly key: string | undefined; readonly draft: Draft }
  /** X6: something that a peer says beside its connection. */
  | ({ readonly action: 'send-for-peer'; readonly request: FrameRequest } & Credentials);

/** A token that was verified in this call. */
export type ValidToken = Pick<VerifiedToken, 'type' | 'claims'> & {
  /** MER12: the moment from which it does not count. */
  readonly expiresAt: Millis;
};

/** How an answer begins whose body stays open. */
export type StreamHead = Omit<HttpResponse, 'body'>;

/** Where a dialect serves a path: the methods that it takes there, and what is asked. */
export interface HttpRoute {
  readonly methods: readonly string[];
  /** MER8: whether a page may send its cookies along. */
  readonly takesCookies?: boolean;
  /**
   * Called with one of `methods` only. HEAD asks what GET asks.
   * @param request to be read within the call.
   * @param page MER10: where it comes from.
   */
  handle(request: HttpHead, page: Page): HttpAction;
}

/** What a dialect may read of an HTTP request. */
export interface HttpHead {
  readonly method: string;
  readonly path: string;
  /** As it was sent. */
  readonly query: string;
  /** @param name in small letters. */
  header(name: string): string | undefined;
}

/** What came of an HTTP ask. */
export type HttpOutcome =
  | { readonly kind: 'description' }
  | { readonly kind: 'peer-id'; readonly id: string }
  | { readonly kind: 'peers'; readonly ids: readonly string[] }
  | { readonly kind: 'publication'; readonly id: string }
  /** X6. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'refusal'; readonly reason: HttpRefusal };

/**
 * `sender-unknown`: nobody with that id and token is here (X6). `topic-unusable`: empty or too long.
 * `too-many-topics`: more than a connection may listen to, or a publication may have. `realm-full`: no more connections.
 * `overloaded`: too many deliveries wait (T10).
 */
export type HttpRefusal =
  'key-unknown' | 'discovery-off' | 'sender-unknown' | 'topic-unusable' | 'too-many-topics' | 'realm-full' | 'overloaded';
