import type { ConnectionId, PeerId } from './ids.ts';
import type { Member, MemberList } from './member.ts';
import type { Payload } from './message.ts';
import { accepted, refused, type Result } from './result.ts';
import type { Millis } from './time.ts';

declare const brand: unique symbol;

/** The name of a topic: any text that is not empty. */
export type TopicName = string & { readonly [brand]: 'TopicName' };

/** T1: 1 to `limit` characters (UTF-16 units). */
export function parseTopicName(text: string, limit: number): Result<TopicName, 'topic-unusable'> {
  return text.length > 0 && text.length <= limit ? accepted(text as TopicName) : refused('topic-unusable');
}

/** Counts the steps of matching. */
export interface Meter {
  steps: number;
}

/** Matches any number of topics. */
export interface TopicPattern {
  /** Identifies the pattern: two patterns with the same key match the same topics. */
  readonly key: string;
  /** The source text. */
  readonly pattern: string;
  /** T15. */
  readonly group?: string | undefined;
  /** MQ19. */
  readonly isNoLocal?: boolean | undefined;
  /** T5: maximum of steps for each unit of `maxUrlLength` of a topic. */
  readonly matchCost: number;
  /** Pure, but for the steps added to `meter`. */
  matches(topic: string, meter: Meter): boolean;
}

/** The patterns of one connection, by key. */
export type PatternMap = ReadonlyMap<string, TopicPattern>;

/**
 * A subscription: one topic by name, or all topics that a pattern matches.
 * T15: `group` is the name of a group of subscribers, of which one receives each publication. MQ19: `isNoLocal` if the
 * subscription does not select the publications of its own connection. Not with a group.
 */
export type Selector = NamedTopic | TopicPattern;

interface NamedTopic {
  readonly topic: string;
  readonly group?: string | undefined;
  readonly isNoLocal?: boolean | undefined;
}

/** T15: a selector of a group. */
export type GroupSelector = Selector & { readonly group: string };

/** MER7: the topics for which a subscriber may receive private publications. */
export type Clearance = 'all' | readonly Selector[];

/** T5: upper bound of the length of a topic in a URL: 3 characters for each ASCII one, 9 for each other one, and 2 more. */
export function maxUrlLength(topic: string): number {
  let length = 2;
  for (let at = 0; at < topic.length; at++) length += topic.charCodeAt(at) < 128 ? 3 : 9;
  return length;
}

/**
 * T12: the meaning of a payload: UTF-8 text, any bytes, or a JSON value. `extra`: none, because the publication is complete in
 * its extra (T13), and is sent on that wire only.
 */
export type PayloadForm = 'text' | 'bytes' | 'json' | 'extra';

/** T13: the part of a publication that only its own wire can express, such as headers. */
export interface WireExtra {
  /** The name of the dialect that wrote it. Other dialects ignore it. */
  readonly dialect: string;
  /** In a format of that dialect. Borrowed like the payload. */
  readonly bytes: Uint8Array;
}

/**
 * A copy of a draft or a publication with its own payload and extra (T13), which are borrowed, for code that keeps it longer than
 * the call or the turn.
 */
export function copyWithBytes<Content extends Pick<Draft, 'payload' | 'extra'>>(content: Content): Content {
  const { payload, extra } = content;
  const copy = extra && { dialect: extra.dialect, bytes: new Uint8Array(extra.bytes) };
  return { ...content, payload: new Uint8Array(payload), extra: copy };
}

/** A publication as decoded by a dialect, before validation. */
export interface Draft {
  /**
   * Unvalidated. The first one is the topic of the publication, the others are alternative names. Empty from a connection: all
   * topics to which the connection is subscribed by name.
   */
  readonly topics: readonly string[];
  /** Borrowed for the turn. UTF-8 text, unless the form is bytes. */
  readonly payload: Payload;
  /** T12: undefined for the form that all dialects of the space share. */
  readonly form?: PayloadForm | undefined;
  /** The id in the history. If undefined, the broker generates one. */
  readonly id?: string | undefined;
  /** The type of the event, specific to the dialect. */
  readonly type?: string | undefined;
  /** MER3: time that a subscriber waits before it reconnects its stream. */
  readonly retry?: Millis | undefined;
  /** MER7: only for subscribers with clearance for one of the topics. */
  readonly isPrivate?: boolean;
  /** T13. */
  readonly extra?: WireExtra | undefined;
  /** T17: the publication is kept for later subscribers of its topic. */
  readonly retain?:
    | (Retention & { /** Without room, the publication is refused, else it is not kept. */ readonly isRequired: boolean })
    | undefined;
}

/** T17. */
export interface Retention {
  /** NEVER for no expiry. */
  readonly lifetime: Millis;
}

/** A publication. Each subscriber receives it once, even if several of its topics match. */
export interface Publication {
  readonly id: string;
  /** MER5: whether the broker generated the id, so that no publisher can have chosen the same. */
  readonly isOwnId?: boolean;
  readonly topics: readonly TopicName[];
  readonly payload: Payload;
  /** T12. */
  readonly form?: PayloadForm | undefined;
  readonly type: string | undefined;
  readonly retry: Millis | undefined;
  readonly isPrivate: boolean;
  /** Undefined for a publication by HTTP request. */
  readonly from: PeerId | undefined;
  /** T13. */
  readonly extra?: WireExtra | undefined;
  /** T17. */
  readonly retain?: Retention | undefined;
}

/** W5: why one request of an open connection has no effect. */
export type RequestRefusal = 'topic-unusable' | 'too-many-topics' | 'not-allowed' | 'payload-too-large';

/** Everything that the broker sends to a connection besides messages of peers. */
export type TopicEvent =
  /**
   * `subscribers`: number of connections subscribed to the first topic by name, including the publisher. T15: `group` is set if
   * the connection receives it for a group.
   */
  | {
      readonly event: 'publication';
      readonly publication: Publication;
      readonly subscribers: number;
      readonly group?: string;
      /** T17: for a new subscriber of the topic, and how long the publication was kept. */
      readonly retained?: { readonly age: Millis };
    }
  /** The other peers in a topic that the connection has just joined. */
  | { readonly event: 'present'; readonly topic: TopicName; readonly peers: readonly PeerId[] }
  | { readonly event: 'joined'; readonly topic: TopicName; readonly peer: PeerId }
  /** T8: the will is set if the connection was lost and had set one. */
  | { readonly event: 'left'; readonly topic: TopicName; readonly peer: PeerId; readonly will: Payload | undefined }
  /** Confirms the request with this number. T14: set if it was a publication without any subscriber in the broker. */
  | {
      readonly event: 'receipt';
      readonly receipt: number;
      readonly hasNoSubscribers?: true;
      /** W5: of a subscription with `isSeparate`, for each selector: why it is refused, or undefined. */
      readonly outcomes?: readonly (RequestRefusal | undefined)[];
    }
  /** W5: the request with this number had no effect. Only for dialects with `refusesRequests`. */
  | { readonly event: 'refused'; readonly receipt: number; readonly why: RequestRefusal }
  /** T19: members of a room have joined and left. A member that has changed is in both. */
  | {
      readonly event: 'presence';
      readonly topic: TopicName;
      readonly joins: readonly Member[];
      readonly leaves: readonly Member[];
    }
  /** T19: the members at the moment of encoding. `receipt`: of the request for them; undefined for a new watcher. */
  | { readonly event: 'members'; readonly topic: TopicName; readonly members: MemberList; readonly receipt: number | undefined }
  /** The response to a ping of the dialect. */
  | { readonly event: 'pong' };

/** MER7: the actions in topics that the token of a client allows. */
export interface TopicPermissions {
  readonly maySubscribe: boolean;
  mayPublish(topic: string): boolean;
}

/** The topics and conditions in the connect request of a subscriber. */
export interface RequestedTopics {
  /** Joined when the connection opens. */
  readonly selectors: readonly Selector[];
  /** T7: whether the connection is visible in its topics, and notified of others. */
  readonly presence: boolean;
  /** MER5: id of the last received publication. Later ones are replayed. */
  readonly since?: string | undefined;
  /** MER7: undefined for no private publications. */
  readonly clearance?: Clearance | undefined;
  /** MER12: the connection is closed at this moment; undefined for never. */
  readonly expiresAt?: Millis | undefined;
  /** MER7: undefined if no token limits what the client may do, or if another part of the broker has checked it. */
  readonly permissions?: TopicPermissions | undefined;
}

/** The receivers of a notification. */
export type Receivers = readonly ConnectionId[];
