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

/** What a listener wants to hear of: one topic by its name, or all that a pattern fits. */
export type Selector =
  | { readonly topic: string }
  | {
      readonly pattern: string;
      /** Pure; costs no more than the lengths of pattern and topic together, whatever they are. */
      fits(topic: string): boolean;
    };

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
  readonly topics: readonly TopicName[];
  readonly payload: Payload;
  readonly type: string | undefined;
  readonly retry: Millis | undefined;
  readonly isPrivate: boolean;
  /** Undefined where nobody published it that has a connection. */
  readonly from: PeerId | undefined;
}

/** What the broker tells a connection beside the messages of peers. */
export type News =
  /** @param listeners how many connections listen to its first topic by name, the publisher included. */
  | { readonly news: 'publication'; readonly publication: Publication; readonly listeners: number }
  /** Who else is in a topic that was just joined. */
  | { readonly news: 'present'; readonly topic: TopicName; readonly peers: readonly PeerId[] }
  | { readonly news: 'joined'; readonly topic: TopicName; readonly peer: PeerId }
  /** T8: the will is there where the connection was lost and had left one. */
  | { readonly news: 'left'; readonly topic: TopicName; readonly peer: PeerId; readonly will: Payload | undefined }
  /** What the connection asked for under this number holds now. */
  | { readonly news: 'receipt'; readonly receipt: number }
  /** The answer to a ping in the dialect's own words. */
  | { readonly news: 'pong' };

/** What a connection brings along when it comes for topics. */
export interface Wishes {
  /** Joined as soon as the connection is open. */
  readonly joins: readonly Selector[];
  /** T7: whether it is told who is in its topics, and they of it. */
  readonly presence: boolean;
  /** MER5: the last publication that it knows; it is told what came later. */
  readonly since?: string | undefined;
  /** MER7: whether it may hear private publications on a topic. Where undefined, it may not. */
  readonly isCleared?: ((topic: string) => boolean) | undefined;
}

/** Who is told something. */
export type Audience = readonly ConnectionId[];
