import type { ConnectionId, PeerId } from './ids.ts';
import type { Payload } from './message.ts';
import { accepted, refused, type Result } from './result.ts';
import type { Millis } from './time.ts';

declare const brand: unique symbol;

/** Names what is published about. Any text that is not empty. */
export type TopicName = string & { readonly [brand]: 'TopicName' };

/** T1: 1 to `limit` characters (UTF-16 units). */
export function parseTopicName(text: string, limit: number): Result<TopicName, 'topic-unusable'> {
  return text.length > 0 && text.length <= limit ? accepted(text as TopicName) : refused('topic-unusable');
}

/** Counts the steps that matching takes. */
export interface Meter {
  steps: number;
}

/** Fits any number of topics. */
export interface TopicPattern {
  /** Tells patterns apart: two with the same key fit the same topics. */
  readonly key: string;
  /** As it was written. */
  readonly pattern: string;
  /** T5: a try takes at most `weight` steps for each character of the topic, as `extentOf` counts them. */
  readonly matchCost: number;
  /** Pure. @param meter takes in the steps. */
  matches(topic: string, meter: Meter): boolean;
}

/** The patterns of one connection, by key. */
export type PatternMap = ReadonlyMap<string, TopicPattern>;

/** What a listener wants to hear of: one topic by its name, or all that a pattern fits. */
export type Selector = { readonly topic: string } | TopicPattern;

/** MER7: the topics of which private publications may be heard. */
export type Clearance = 'all' | readonly Selector[];

/** T5: a bound for the characters of a topic as a part of a URL, where each is written as up to 3 or 9, and two more. */
export function maxUrlLength(topic: string): number {
  let length = 2;
  for (let at = 0; at < topic.length; at++) length += topic.charCodeAt(at) < 128 ? 3 : 9;
  return length;
}

/** What somebody wants to publish, as a dialect read it. */
export interface Draft {
  /**
   * As they were written. The first is what the publication is about, the others are more names for that.
   * None from a connection: all that it listens to by name.
   */
  readonly topics: readonly string[];
  /** Text, UTF-8. Borrowed for the turn. */
  readonly payload: Payload;
  /** What it is to be called in the history; where undefined, the broker finds a name. */
  readonly id?: string | undefined;
  /** What kind of event it is, in words of its dialect. */
  readonly type?: string | undefined;
  /** MER3: how long a listener that lost its stream is to wait before it comes back. */
  readonly retry?: Millis | undefined;
  /** MER7: only for listeners that are cleared for one of its topics. */
  readonly isPrivate?: boolean;
}

/** One thing that was published. Listeners hear it once, however many of its topics they listen to. */
export interface Publication {
  readonly id: string;
  /** MER5: whether this node chose the id, so that no publisher could have chosen the same. */
  readonly isOwnId?: boolean;
  readonly topics: readonly TopicName[];
  readonly payload: Payload;
  readonly type: string | undefined;
  readonly retry: Millis | undefined;
  readonly isPrivate: boolean;
  /** Undefined where nobody published it that has a connection. */
  readonly from: PeerId | undefined;
}

/** What the broker tells a connection beside the messages of peers. */
export type TopicEvent =
  /** @param listeners how many connections listen to its first topic by name, the publisher included. */
  | { readonly event: 'publication'; readonly publication: Publication; readonly subscribers: number }
  /** Who else is in a topic that was just joined. */
  | { readonly event: 'present'; readonly topic: TopicName; readonly peers: readonly PeerId[] }
  | { readonly event: 'joined'; readonly topic: TopicName; readonly peer: PeerId }
  /** T8: the will is there where the connection was lost and had left one. */
  | { readonly event: 'left'; readonly topic: TopicName; readonly peer: PeerId; readonly will: Payload | undefined }
  /** What the connection asked for under this number holds now. */
  | { readonly event: 'receipt'; readonly receipt: number }
  /** The answer to a ping in the dialect's own words. */
  | { readonly event: 'pong' };

/** What a connection brings along when it comes for topics. */
export interface RequestedTopics {
  /** Joined as soon as the connection is open. */
  readonly selectors: readonly Selector[];
  /** T7: whether it is told who is in its topics, and they of it. */
  readonly presence: boolean;
  /** MER5: the last publication that it knows; it is told what came later. */
  readonly since?: string | undefined;
  /** MER7: where undefined, it hears nothing private. */
  readonly clearance?: Clearance | undefined;
  /** MER12: the moment from which it hears nothing more; where undefined, there is none. */
  readonly expiresAt?: Millis | undefined;
}

/** Who is told something. */
export type Receivers = readonly ConnectionId[];
