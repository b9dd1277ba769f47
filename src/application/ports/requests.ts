import type { Ignored } from '../../domain/decision.ts';
import type { Grant } from '../../domain/grant.ts';
import type { Room } from '../../domain/member.ts';
import type { OutgoingMessage } from '../../domain/message.ts';
import type { Page } from '../../domain/origins.ts';
import type { OpenRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import type { Draft, Selector, RequestedTopics } from '../../domain/topic.ts';
import type { Payload } from '../../domain/message.ts';
import type { TokenUse, VerifiedToken } from './authenticator.ts';
import type { HttpResponse } from './http.ts';
import type { IssuedIceServers } from './ice-servers.ts';

/** A request of a connection, decoded from one frame. A receipt is sent when the request has taken effect. */
export type FrameRequest =
  | ({ readonly action: 'relay' } & OutgoingMessage)
  /** @param keepsWill T8, T18: whether the will is published all the same. */
  | { readonly action: 'leave'; readonly keepsWill?: boolean }
  | { readonly action: 'heartbeat' }
  | {
      readonly action: 'join-topics';
      readonly selectors: readonly Selector[];
      readonly receipt?: number | undefined;
      /** MER7: whether the client must have clearance for private publications of each topic. */
      readonly isPrivate?: boolean | undefined;
      /** W5: each selector is joined or refused by itself, and the receipt has the outcome of each. Else all of them or none. */
      readonly isSeparate?: true;
      /** T17: those among the selectors whose retained publications follow the receipt. */
      readonly retained?: readonly Selector[];
      /** T19: in the rooms of these topics. */
      readonly presence?: PresenceRequest | undefined;
    }
  | { readonly action: 'leave-topics'; readonly selectors: readonly Selector[]; readonly receipt?: number | undefined }
  | {
      readonly action: 'publish';
      readonly draft: Draft;
      /** Whether a subscribed publisher receives the publication too. MQ19: `unless-no-local` for other subscriptions only. */
      readonly echo: boolean | 'unless-no-local';
      readonly receipt?: number | undefined;
    }
  /** T19: the client becomes a member of a room, or changes its key and payload. */
  | { readonly action: 'track'; readonly room: Room; readonly member: MemberDraft; readonly receipt?: number | undefined }
  | { readonly action: 'untrack'; readonly room: Room; readonly receipt?: number | undefined }
  /** T19: the members of a room. The answer has the number of the request. */
  | { readonly action: 'list-members'; readonly room: Room; readonly receipt: number }
  /** T8: the payload that the subscribers of its topics receive if this connection is lost. */
  | { readonly action: 'set-will'; readonly will: Payload }
  /** T18: published when the connection ends, unless the client leaves. */
  | { readonly action: 'set-will-draft'; readonly draft: Draft }
  | { readonly action: 'pong' }
  /** A7. @param token undefined for none. */
  | { readonly action: 'refresh-token'; readonly token: string | undefined }
  | { readonly action: 'ignore'; readonly why: Ignored }
  /** W4: an answer that needs no rule of the broker. It keeps its place among the results of earlier requests. */
  | { readonly action: 'reply'; readonly frame: Uint8Array }
  /** @param isFatal nothing after it can be read, so the connection is closed at once (W1). */
  | { readonly action: 'malformed'; readonly isFatal?: true };

/** T19: a member as its client describes it. */
export interface MemberDraft {
  /** Undefined for the id of the connection. */
  readonly key: string | undefined;
  /** JSON in UTF-8; undefined for none. Borrowed for the turn. */
  readonly payload: Payload | undefined;
}

/** T19: with a subscription. */
export interface PresenceRequest {
  /** Whether the client receives the list of members after the receipt, and is notified of changes from then on. */
  readonly watches: 'with-list' | 'changes-only' | false;
  /** The client becomes a member, if it may publish to the topic and the room has space. */
  readonly member?: MemberDraft | undefined;
}

/** W3: the credentials of a client that connected with `as: 'newcomer'`, in one of its first frames. */
export interface Introduction {
  readonly action: 'introduce';
  readonly request: RegistrationRequest;
}

/** A request of a conversation. */
export type ConversationRequest = FrameRequest | Introduction;

/** The credentials of a peer, not validated yet. */
export interface Credentials {
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly token: string | undefined;
}

/** The request of a connection to be registered. Without a key, the first realm is used. */
export type ConnectRequest =
  /** A peer with its own id, and the token that proves ownership. */
  | ({ readonly as: 'peer'; /** A7: see `SessionRequest`. */ readonly canRefresh?: boolean } & Credentials)
  /** A peer whose id the broker generates. */
  | ({ readonly as: 'peer-without-id' } & AnonymousCredentials & RequestedTopics)
  /** A subscriber that can't be addressed. The broker generates its id. */
  | ({
      readonly as: 'guest';
      /** The dialect has verified the client itself (MER7). */ readonly isAuthorized?: true;
      /** W3: the token is one of the topics of Mercure. The broker verifies it (MER7). */ readonly hasTopicToken?: true;
      /** T16: the name by which the client replaces its earlier connection. */ readonly clientId?: string | undefined;
      /** MQ10: the client sends a message in each interval of this length. NEVER if it has not promised that. */
      readonly maxSilence?: Millis;
      /** A9: for a client that the dialect verifies. */ readonly backendCheck?: BackendCheck | undefined;
      /** The answer of the backend, if it was asked before the stream was opened. */ readonly grant?: Grant;
    } & AnonymousCredentials &
      RequestedTopics)
  | Newcomer
  | DiagnosticRequest;

/** W3: a client whose credentials follow in its first frames. */
export interface Newcomer {
  readonly as: 'newcomer';
  /** The realm of the URL, used if the introduction names none. */
  readonly key: string | undefined;
  /** A11, A12: a token of the handshake, used if the introduction has none. */
  readonly token?: string | undefined;
}

/** A9: the token for the backend, of a client of a dialect that verifies tokens itself. */
export interface BackendCheck {
  readonly token: string | undefined;
  /** Whether the dialect has verified the token. The backend is asked about it with `auth_url_always` only. */
  readonly isVerified: boolean;
}

/** DOC2, DOC3: a connection that tests the way to the broker. It has no key, no id and no session. */
export interface DiagnosticRequest {
  readonly as: 'diagnostic';
  readonly key: undefined;
  /** DOC3: the texts that a stream receives, one in each interval. A socket receives its own messages instead. */
  readonly texts: readonly Uint8Array[];
}

/** The request of a connection that becomes a peer or a guest. */
export type RegistrationRequest = Exclude<ConnectRequest, DiagnosticRequest | Newcomer>;

/** The credentials of a client whose id the broker generates. */
export interface AnonymousCredentials {
  readonly key: string | undefined;
  /** A2: the token for the authorizer. */
  readonly token?: string | undefined;
}

/** An action requested over HTTP. Some actions are steps: `then` receives the result and returns the next action. */
export type HttpAction =
  | { readonly action: 'describe' }
  /** DOC1: the response describes the request itself. */
  | { readonly action: 'describe-request' }
  | { readonly action: 'issue-peer-id'; readonly key: string }
  /** @param token A2: undefined for none. */
  | { readonly action: 'list-peers'; readonly key: string; readonly token: string | undefined }
  /** H18. */
  | ({ readonly action: 'check-credentials'; readonly key: string } & Credentials)
  | ({ readonly action: 'issue-ice-servers'; readonly key: string } & IceRequest)
  /** The dialect has the response already. */
  | { readonly action: 'respond'; readonly response: HttpResponse }
  /** Reads the body; one of more than `maxBytes` is answered with 413. Body and next action are borrowed for the call. */
  | { readonly action: 'read-body'; readonly maxBytes: number; readonly then: (body: Uint8Array) => HttpAction }
  /** MER7. @param token undefined if the token is not valid. */
  | {
      readonly action: 'verify-token';
      readonly token: string;
      readonly as: TokenUse;
      readonly then: (token?: ValidToken) => HttpAction;
    }
  | {
      readonly action: 'open-stream';
      readonly connectRequest: ConnectRequest;
      /**
       * @param startsAfter MER5: the id of the publication before the first one that the stream receives; undefined if that is
       * `since`.
       */
      readonly head: (startsAfter: string | undefined) => StreamHead;
    }
  /** A9: for a client without a token that the dialect verifies. `granted` asks the backend; without a backend: `otherwise`. */
  | { readonly action: 'ask-backend'; readonly granted: HttpAction; readonly otherwise: HttpAction }
  | {
      readonly action: 'publish';
      readonly key: string | undefined;
      readonly draft: Draft;
      readonly backendCheck?: BackendCheck | undefined;
    }
  /** MER7, W3: publishes all of the drafts or none. The broker verifies the token, which is one of the topics of Mercure. */
  | {
      readonly action: 'publish-all';
      readonly key: string | undefined;
      readonly token: string | undefined;
      readonly drafts: readonly Draft[];
    }
  /** X6: an HTTP request that acts for a registered peer. @param bytes M22: the size of its body. */
  | ({ readonly action: 'send-for-peer'; readonly request: FrameRequest; readonly bytes: number } & Credentials);

/** A request for ICE servers (I2). */
export interface IceRequest {
  readonly id: string | undefined;
  readonly token: string | undefined;
  /** I9: the form of the answer. */
  readonly format: 'webrtc' | 'matrix';
}

/** A token that was verified within this call. */
export type ValidToken = Pick<VerifiedToken, 'type' | 'claims'> & {
  /** MER12: the time of expiry. */
  readonly expiresAt: Millis;
};

/** The head of a response whose body stays open. */
export type StreamHead = Omit<HttpResponse, 'body'>;

/** The route that a dialect serves at one path. */
export interface HttpRoute {
  readonly methods: readonly string[];
  /** MER8: whether pages may send cookies. */
  readonly takesCookies?: boolean;
  /** I5, I6: whether the route issues credentials. Such a route checks origins like a socket, and has a limit of its own. */
  readonly issuesCredentials?: boolean;
  /** H18: whether a refusal before the handshake of a socket is the response to this request too. */
  readonly answersLikeHandshake?: boolean;
  /**
   * Handles a request with one of `methods`. HEAD is handled like GET.
   * @param request readable only within the call.
   * @param page MER10: the page that sent the request.
   */
  handle(request: HttpHead, page: Page): HttpAction;
}

/** The parts of an HTTP request that a dialect reads. */
export interface HttpHead {
  readonly method: string;
  readonly path: string;
  /** As the client sent it. */
  readonly query: string;
  /** @param name in lower case. */
  header(name: string): string | undefined;
}

/** DOC1: one request as the broker received it. A member is undefined if the request has no such header. */
export interface ReceivedRequest {
  /** H10: the address to which the limits apply. */
  readonly address: string;
  /** The remote end of the TCP connection. */
  readonly remoteAddress: string;
  readonly forwardedFor: string | undefined;
  readonly forwardedProto: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly upgrade: string | undefined;
  readonly connection: string | undefined;
}

/** The outcome of an HTTP action. */
export type HttpOutcome =
  | { readonly kind: 'description' }
  | { readonly kind: 'request-description'; readonly seen: ReceivedRequest }
  | { readonly kind: 'peer-id'; readonly id: string }
  /** H4: `list` is a JSON array. */
  | { readonly kind: 'peers'; readonly list: string }
  | { readonly kind: 'publication'; readonly id: string }
  | { readonly kind: 'ice-servers'; readonly issued: IssuedIceServers; readonly format: IceRequest['format'] }
  /** H18: `refusal` is undefined if a socket would open. */
  | { readonly kind: 'credentials-checked'; readonly refusal: OpenRefusal | undefined }
  /** X6. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'refusal'; readonly reason: HttpRefusal };

/**
 * `sender-unknown`: no peer with that id and token is registered on this node (X6, I3). `topic-unusable`: a topic is empty or too
 * long. `too-many-topics`: more topics than a connection or a publication may have. `realm-full`: the realm is at its connection
 * limit. `too-many-realms`: too many realms by pattern are in use (R3). `overloaded`: too many deliveries are pending (T10), or
 * the rate limit pauses the sender (X6).
 * `ice-unavailable`: the source of ICE servers is out of reach (I11).
 * `token-missing`, `token-invalid`, `not-granted`, `authorizer-unreachable`: A6.
 */
export type HttpRefusal =
  | 'key-unknown'
  | 'discovery-off'
  | 'sender-unknown'
  | 'topic-unusable'
  | 'too-many-topics'
  | 'realm-full'
  | 'too-many-realms'
  | 'overloaded'
  | 'ice-unavailable'
  | HttpAccessRefusal;

/** A6: why an authorizer refuses an HTTP request. */
export type HttpAccessRefusal = 'token-missing' | 'token-invalid' | 'not-granted' | 'authorizer-unreachable';
