import type { CloseFrame, Conversation, TokenNotice } from '../../../application/ports/dialect.ts';
import type { ConversationRequest, PresenceRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { RequestRefusal, TopicEvent } from '../../../domain/topic.ts';
import { refusalCloseFrame, refusalText } from '../shared/close-frames.ts';
import { topicOf } from '../shared/prefixes.ts';
import { ownDraft, sharedDraft, type Broadcast, type BroadcastReader } from './broadcasts.ts';
import { isTooLong, nameIn } from './channel-names.ts';
import { Channels, type Channel } from './channels.ts';
import type { ClientFrame, FrameHead, FrameReader, Version } from './client-frames.ts';
import { closeMessage, errorReply, okReply, presenceDiff, presenceState, push, systemError } from './frames.ts';
import { joinOptions, MAX_JOIN_BYTES, tokenIn } from './joins.ts';
import {
  BROADCAST_REASONS,
  closeFrameOf,
  JOIN_REASONS,
  NO_PERSISTENCE,
  NO_PRESENCE,
  openRefusalReason,
  TRACK_REASONS,
  UNMATCHED,
} from './refusals.ts';

/** The parts that all conversations of a dialect share. */
export interface ConversationParts {
  readonly frames: FrameReader;
  readonly broadcasts: BroadcastReader;
  /** SB17: the longest first. */
  readonly prefixes: readonly string[];
  /** SB13: whether channels have members. */
  readonly hasPresence: boolean;
  /** SB12: whether a text is a token. */
  readonly isToken: (text: string) => boolean;
  /** W2: of conversations without prefixes. */
  readonly voices: Readonly<Record<Version, object>>;
}

type TextFrame = Extract<ClientFrame, { kind: 'text' }>;

/** A request on its way, which is answered with its receipt. */
interface Asked {
  readonly request: 'join' | 'leave' | 'broadcast' | 'presence';
  readonly head: FrameHead;
}

const NO_ACTION = 'A presence message has the event track or untrack';
const OPEN_OBJECT = 0x7b;

/** W5. */
const REASONS: Readonly<Record<Asked['request'], Readonly<Record<RequestRefusal, string>>>> = {
  ...{ join: JOIN_REASONS, broadcast: BROADCAST_REASONS, leave: BROADCAST_REASONS, presence: TRACK_REASONS },
};

const MALFORMED: readonly ConversationRequest[] = [{ action: 'malformed' }];
/** SB17: a copy of a message on another channel. It counts against the rate limit. */
const COPY: ConversationRequest = { action: 'heartbeat' };

/** SB2 to SB17: the state of one Supabase Realtime client. */
export class SupabaseConversation implements Conversation {
  readonly restBytes = 0;
  readonly #parts: ConversationParts;
  readonly #channels = new Channels();
  readonly #asked = new Map<number, Asked>();
  #answered: (Asked & { readonly receipt: number }) | undefined;
  #lastReceipt = 0;
  /** SB2: that of the first frame; undefined before. */
  #version: Version | undefined;
  /** SB3: the join that introduced the client. */
  #firstJoin: FrameHead | undefined;
  /** SB12: the last token that the client sent, and the message that sent it. */
  #token: string | undefined;
  #refresh: FrameHead | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  get voice(): object {
    return this.#parts.prefixes.length === 0 ? this.#parts.voices[this.#version ?? 2] : this;
  }

  get stateBytes(): number {
    return this.#channels.bytes;
  }

  /** SB2: one message. */
  read(bytes: Uint8Array, isBinary: boolean): readonly ConversationRequest[] {
    const frame = this.#parts.frames.read(bytes, isBinary);
    if (frame === undefined || (this.#version ?? frame.version) !== frame.version) return MALFORMED;
    this.#version = frame.version;
    if (frame.topic === 'phoenix') return [{ action: 'reply', frame: heartbeatReply(frame) }];
    const name = nameIn(frame.topic);
    if (frame.kind === 'text' && frame.event === 'phx_join') return this.#join(frame, name);
    const channel = name === undefined ? undefined : this.#channels.find(name);
    const isStale = frame.joinRef !== null && channel?.joinRef !== frame.joinRef;
    if (channel === undefined || isStale) return [refuse(frame, UNMATCHED)];
    if (frame.kind === 'broadcast') return [this.#broadcast(frame, channel, frame)];
    return this.#message(frame, channel);
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    switch (event.event) {
      case 'publication': {
        const [topic = ''] = event.publication.topics;
        return push(this.#version ?? 2, this.#channels.nameOf(topic), event.publication);
      }
      case 'presence':
        return presenceDiff(this.#version ?? 2, this.#channels.nameOf(event.topic), event.joins, event.leaves);
      case 'members':
        return presenceState(this.#version ?? 2, this.#channels.nameOf(event.topic), event.members);
      case 'receipt':
        return this.#answer(event.receipt, undefined);
      case 'refused':
        return this.#answer(event.receipt, event.why);
      default:
        return undefined;
    }
  }

  streamPreamble(): undefined {
    return undefined;
  }

  openFrame(): undefined {
    return undefined;
  }

  /** SB12: a token that is accepted has no reply. */
  tokenFrame(notice: TokenNotice): Uint8Array | undefined {
    const head = this.#refresh;
    if (head === undefined || notice.notice !== 'refused') return undefined;
    this.#refresh = undefined;
    return systemError(head, nameIn(head.topic) ?? '', refusalText(notice.refusal));
  }

  /** SB7: the client sends heartbeats. */
  keepAliveFrame(): undefined {
    return undefined;
  }

  /** SB1, SB5: the reply to the first join. */
  refusal(refusal: OpenRefusal): CloseFrame {
    const join = this.#firstJoin;
    return { ...refusalCloseFrame(refusal), frame: join && errorReply(join, openRefusalReason(refusal)) };
  }

  closeFrame(ending: Ending): CloseFrame {
    return closeFrameOf(ending);
  }

  /** SB3, SB4. */
  #join(frame: TextFrame, name: string | undefined): readonly ConversationRequest[] {
    if (name === undefined) return [refuse(frame, UNMATCHED)];
    if (isTooLong(frame.topic)) return [refuse(frame, JOIN_REASONS['topic-unusable'])];
    if (frame.payload.length > MAX_JOIN_BYTES) return MALFORMED;
    const { token, refusal, watches, ...options } = joinOptions(frame.payload);
    const requests = this.#introduce(frame, token);
    if (refusal !== undefined) return [...requests, refuse(frame, refusal)];
    const topic = topicOf(name, this.#parts.prefixes);
    const head = { ...headOf(frame), joinRef: frame.joinRef ?? frame.ref };
    const before = this.#channels.find(name);
    if (before !== undefined) requests.push(...this.#leave(before, headOf(frame)));
    this.#channels.add({ ...options, name, topic, joinRef: head.joinRef });
    const receipt = this.#ask('join', head);
    const presence: PresenceRequest | undefined = watches && this.#parts.hasPresence ? { watches: 'with-list' } : undefined;
    return [...requests, { action: 'join-topics', selectors: [{ topic }], isPrivate: options.isPrivate, receipt, presence }];
  }

  /** W3, SB12: the token of the first join is that of the connection. A later one replaces it. */
  #introduce(frame: TextFrame, text: string | undefined): ConversationRequest[] {
    const token = text !== undefined && this.#parts.isToken(text) ? text : undefined;
    if (this.#firstJoin !== undefined) return this.#refreshToken(frame, token);
    this.#firstJoin = headOf(frame);
    this.#token = token;
    const request = { as: 'guest', hasTopicToken: true, key: undefined, token, selectors: [], presence: false } as const;
    return [{ action: 'introduce', request }];
  }

  /** SB12: a client sends the same token on each of its channels. */
  #refreshToken(frame: TextFrame, token: string | undefined): ConversationRequest[] {
    if (token === undefined || token === this.#token) return [];
    this.#token = token;
    this.#refresh = headOf(frame);
    return [{ action: 'refresh-token', token }];
  }

  #message(frame: TextFrame, channel: Channel): readonly ConversationRequest[] {
    switch (frame.event) {
      case 'broadcast': {
        const broadcast = this.#parts.broadcasts.read(frame.payload);
        if (broadcast === undefined) return [refuse(frame, 'A broadcast has an event of at most 255 bytes')];
        return [this.#broadcast(frame, channel, broadcast)];
      }
      case 'phx_leave':
        return this.#leave(channel, headOf(frame), this.#ask('leave', headOf(frame)));
      case 'access_token': {
        if (frame.payload.length > MAX_JOIN_BYTES) return MALFORMED;
        const text = tokenIn(frame.payload);
        return this.#refreshToken(frame, text !== undefined && this.#parts.isToken(text) ? text : undefined);
      }
      case 'presence':
        return [this.#parts.hasPresence ? this.#track(frame, channel) : refuse(frame, NO_PRESENCE)];
      default:
        return [refuse(frame, `The event ${frame.event} is not known here`)];
    }
  }

  /** SB8, SB10, SB17. */
  #broadcast(head: FrameHead, channel: Channel, broadcast: Broadcast & { readonly persists: boolean }): ConversationRequest {
    if (broadcast.persists) return refuse(head, NO_PERSISTENCE);
    const { self: echo, ack, isPrivate, topic } = channel;
    const peerix = this.#parts.broadcasts.peerixMessage(broadcast);
    if (peerix !== undefined && !this.#channels.isFirst(channel)) {
      return ack && head.ref !== null ? { action: 'reply', frame: okReply(headOf(head)) } : COPY;
    }
    const draft = peerix === undefined ? ownDraft(topic, broadcast, isPrivate) : sharedDraft(peerix, isPrivate);
    return {
      action: 'publish',
      draft,
      echo,
      receipt: ack && head.ref !== null ? this.#ask('broadcast', headOf(head)) : undefined,
    };
  }

  /** SB13. */
  #track(frame: TextFrame, { topic, isPrivate, presenceKey: key }: Channel): ConversationRequest {
    const written = this.#parts.broadcasts.read(frame.payload);
    const action = written?.event.toLowerCase();
    if (written === undefined || (action !== 'track' && action !== 'untrack')) return refuse(frame, NO_ACTION);
    const { payload } = written;
    if (action === 'track' && payload[0] !== OPEN_OBJECT) return refuse(frame, 'A presence is an object');
    const [room, receipt] = [{ topic, isPrivate }, this.#ask('presence', headOf(frame))];
    return action === 'track' ? { action, room, member: { key, payload }, receipt } : { action, room, receipt };
  }

  /** SB4, SB6. A topic is left with its last channel. */
  #leave(channel: Channel, head: FrameHead, receipt?: number): ConversationRequest[] {
    this.#channels.remove(channel.name);
    const selectors = this.#channels.hasTopic(channel.topic) ? [] : [{ topic: channel.topic }];
    const closed = closeMessage({ ...head, joinRef: channel.joinRef });
    return [
      { action: 'leave-topics', selectors, receipt },
      { action: 'reply', frame: closed },
    ];
  }

  #ask(request: Asked['request'], head: FrameHead): number {
    this.#lastReceipt += 1;
    this.#asked.set(this.#lastReceipt, { request, head });
    return this.#lastReceipt;
  }

  /** @param why undefined if the request has taken effect. */
  #answer(receipt: number, why: RequestRefusal | undefined): Uint8Array | undefined {
    const asked = this.#asked.get(receipt) ?? (this.#answered?.receipt === receipt ? this.#answered : undefined);
    if (asked === undefined) return undefined;
    this.#asked.delete(receipt);
    this.#answered = { ...asked, receipt };
    const { request, head } = asked;
    if (why === undefined) return okReply(head, request === 'join' ? { postgres_changes: [] } : {});
    if (request === 'join') this.#channels.removeRefused(nameIn(head.topic) ?? '', head.joinRef);
    return errorReply(head, REASONS[request][why]);
  }
}

function headOf({ version, joinRef, ref, topic }: FrameHead): FrameHead {
  return { version, joinRef, ref, topic };
}

/** SB7. */
function heartbeatReply(frame: ClientFrame): Uint8Array {
  const isHeartbeat = frame.kind === 'text' && frame.event === 'heartbeat';
  return isHeartbeat ? okReply(headOf(frame)) : errorReply(headOf(frame), UNMATCHED);
}

function refuse(head: FrameHead, reason: string): ConversationRequest {
  return { action: 'reply', frame: errorReply(headOf(head), reason) };
}
