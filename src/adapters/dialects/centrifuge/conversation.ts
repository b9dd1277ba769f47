import { isUtf8 } from 'node:buffer';
import type { CloseFrame, Conversation, Registration, TokenNotice } from '../../../application/ports/dialect.ts';
import type { ConversationRequest, PresenceRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { Millis } from '../../../domain/time.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import { refusalText } from '../shared/close-frames.ts';
import { topicOf } from '../shared/prefixes.ts';
import { ChannelNames, MAX_CHANNEL_BYTES } from './channels.ts';
import { CLOSES, ENDINGS, ERRORS, REFUSALS, REQUEST_ERRORS, type CloseCode, type CommandError } from './codes.ts';
import type { Command, CommandReader } from './commands.ts';
import { errorReply, inOneFrame, memberPush, membersReply, PING, push, reply, statsReply } from './frames.ts';

/** The parts that all conversations of a dialect share. */
export interface ConversationParts {
  readonly reader: CommandReader;
  /** CF16: the longest first. */
  readonly prefixes: readonly string[];
  /** CF5. */
  readonly pingInterval: Millis;
  /** CF10: whether channels have members, and the bytes of the payload of one. */
  readonly hasPresence: boolean;
  readonly maxPayloadBytes: number;
  /** CF15, M23: commands of one frame. */
  readonly maxCommands: number;
  /** W2: of a conversation without prefixes. */
  readonly voice: object;
}

const LINE_FEED = 0x0a;
const FATAL: ConversationRequest = { action: 'malformed', isFatal: true };

/** CF2: the name of the reply is a part of the receipt, so that nothing is kept for a command on its way. */
const REPLY_NAMES = ['publish', 'subscribe', 'unsubscribe', 'recovering', 'presence', 'presence_stats'] as const;
type ReplyName = (typeof REPLY_NAMES)[number];

/** CF11: a token is refreshed before it expires, in the last part of its lifetime. */
const LONGEST_MARGIN: Millis = 60_000;

/** CF1 to CF16: the state of one Centrifuge client. */
export class CentrifugeConversation implements Conversation {
  readonly voice: object;
  readonly restBytes = 0;
  readonly #parts: ConversationParts;
  readonly #channels = new ChannelNames();
  /** CF4: the id of the `connect` command; undefined before. */
  #connectId: number | undefined;
  #isOpen = false;
  /** CF11: whether the connection expires, and the refresh on its way. */
  #expires = false;
  #refreshId: number | undefined;
  /** CF2: why nothing more is read; undefined while frames are read. */
  #fault: CloseCode | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.voice = parts.prefixes.length === 0 ? parts.voice : this;
  }

  /** CF1: each line is one command. One line feed may end the frame. */
  read(bytes: Uint8Array, isBinary: boolean): readonly ConversationRequest[] {
    if (this.#fault !== undefined) return [];
    if (isBinary && !isUtf8(bytes)) return [this.#fail(CLOSES.badRequest)];
    const requests: ConversationRequest[] = [];
    let start = 0;
    do {
      const found = bytes.indexOf(LINE_FEED, start);
      const end = found < 0 ? bytes.length : found;
      const isTooMany = requests.length === this.#parts.maxCommands;
      const request = isTooMany ? this.#fail(CLOSES.tooManyRequests) : this.#request(bytes.subarray(start, end));
      requests.push(request);
      if (request === FATAL) return requests;
      start = end + 1;
    } while (start < bytes.length);
    return requests;
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    switch (event.event) {
      case 'publication': {
        const [topic = ''] = event.publication.topics;
        return push(this.#channels.channelOf(topic), event.publication);
      }
      case 'presence':
        return this.#memberPushes(event);
      case 'members':
        return listReply(event);
      case 'receipt':
        return this.#confirm(event.receipt);
      case 'refused':
        this.#channels.refused(event.receipt);
        return errorReply(commandOf(event.receipt).id, REQUEST_ERRORS[event.why]);
      default:
        return undefined;
    }
  }

  streamPreamble(): undefined {
    return undefined;
  }

  /** CF3, CF5, CF11. */
  openFrame({ id, expiresIn }: Pick<Registration, 'id' | 'expiresIn'>): Uint8Array {
    this.#isOpen = true;
    this.#expires = expiresIn !== undefined;
    const ping = Math.max(1, Math.ceil(this.#parts.pingInterval / 1000));
    return reply(this.#connectId ?? 0, 'connect', { client: id, ping, pong: true, ...expiry(expiresIn) });
  }

  /** CF11. */
  tokenFrame(notice: TokenNotice): Uint8Array | undefined {
    const id = this.#refreshId;
    if (id === undefined || notice.notice === 'expiring') return undefined;
    this.#refreshId = undefined;
    if (notice.notice === 'refused') {
      const { error = ERRORS.internal } = REFUSALS[notice.refusal.reason];
      return errorReply(id, error, refusalText(notice.refusal));
    }
    const expiresIn = Number.isFinite(notice.in) ? notice.in : undefined;
    this.#expires = expiresIn !== undefined;
    return reply(id, 'refresh', expiry(expiresIn));
  }

  /** CF5. */
  keepAliveFrame(): Uint8Array {
    return PING;
  }

  /** CF3: the reply to `connect` is an error, unless the client is to try again after the close. */
  refusal(refusal: OpenRefusal): CloseFrame {
    const { error, close } = REFUSALS[refusal.reason];
    const frame = error === undefined ? undefined : errorReply(this.#connectId ?? 0, error, refusalText(refusal));
    return { frame, ...close };
  }

  /** CF4, CF13. */
  closeFrame(ending: Ending): CloseFrame {
    if (ending === 'malformed' && this.#fault !== undefined) return { frame: undefined, ...this.#fault };
    return { frame: undefined, ...(ending === 'silent' && !this.#isOpen ? CLOSES.stale : ENDINGS[ending]) };
  }

  #request(line: Uint8Array): ConversationRequest {
    const command = this.#parts.reader.read(line);
    if (command.name === 'malformed') return this.#fail(CLOSES.badRequest);
    if (command.name === 'connect') return this.#connect(command.id, command.token);
    if (this.#connectId === undefined) return this.#fail(CLOSES.badRequest);
    switch (command.name) {
      case 'pong':
        return { action: 'heartbeat' };
      case 'publish':
        return this.#publish(command);
      case 'subscribe':
        return this.#subscribe(command);
      case 'unsubscribe': {
        const topic = topicOf(command.channel, this.#parts.prefixes);
        this.#channels.unsubscribing(topic);
        return { action: 'leave-topics', selectors: [{ topic }], receipt: receiptOf(command.id, 'unsubscribe') };
      }
      case 'presence':
      case 'presence_stats':
        return this.#listMembers(command);
      case 'refresh':
        return this.#refresh(command.id, command.token);
      case 'send':
        return this.#fail(CLOSES.notAvailable);
      default:
        return refuse(command.id, command.name === 'unserved' ? ERRORS.notAvailable : ERRORS.methodNotFound);
    }
  }

  /** CF3, CF4. */
  #connect(id: number, token: string | undefined): ConversationRequest {
    if (this.#connectId !== undefined) return this.#fail(CLOSES.badRequest);
    this.#connectId = id;
    const request = { as: 'guest', hasTopicToken: true, key: undefined, token, selectors: [], presence: false } as const;
    return { action: 'introduce', request };
  }

  /** CF8. */
  #publish({ id, channel, data }: Extract<Command, { name: 'publish' }>): ConversationRequest {
    if (Buffer.byteLength(channel) > MAX_CHANNEL_BYTES) return refuse(id, ERRORS.badRequest);
    const draft = { topics: [topicOf(channel, this.#parts.prefixes)], payload: data, form: 'json' } as const;
    return { action: 'publish', draft, echo: true, receipt: receiptOf(id, 'publish') };
  }

  /** CF6, CF9, CF16. */
  #subscribe({ id, channel, recovers, type, ...wish }: Extract<Command, { name: 'subscribe' }>): ConversationRequest {
    if (Buffer.byteLength(channel) > MAX_CHANNEL_BYTES) return refuse(id, ERRORS.badRequest);
    const { hasPresence, maxPayloadBytes } = this.#parts;
    if (hasPresence && (wish.data?.length ?? 0) > maxPayloadBytes) return refuse(id, ERRORS.badRequest);
    if (type !== 0) return refuse(id, ERRORS.notAvailable);
    const topic = topicOf(channel, this.#parts.prefixes);
    const receipt = receiptOf(id, recovers ? 'recovering' : 'subscribe');
    if (this.#parts.prefixes.length > 0) this.#channels.subscribing(receipt, topic, channel);
    const presence: PresenceRequest = {
      watches: wish.joinLeave && 'changes-only',
      member: { key: undefined, payload: wish.data },
    };
    return { action: 'join-topics', selectors: [{ topic }], receipt, presence: hasPresence ? presence : undefined };
  }

  /** CF10. */
  #listMembers({ id, name, channel }: Extract<Command, { name: 'presence' | 'presence_stats' }>): ConversationRequest {
    if (!this.#parts.hasPresence) return refuse(id, ERRORS.notAvailable);
    if (Buffer.byteLength(channel) > MAX_CHANNEL_BYTES) return refuse(id, ERRORS.badRequest);
    const topic = topicOf(channel, this.#parts.prefixes);
    return { action: 'list-members', room: { topic, isPrivate: false }, receipt: receiptOf(id, name) };
  }

  /** CF10: a member that has changed leaves and joins. */
  #memberPushes({ topic, joins, leaves }: Extract<TopicEvent, { event: 'presence' }>): Uint8Array | undefined {
    const channel = this.#channels.channelOf(topic);
    return inOneFrame([
      ...leaves.map((member) => memberPush(channel, 'leave', member)),
      ...joins.map((member) => memberPush(channel, 'join', member)),
    ]);
  }

  /** CF11: one refresh at a time, because their replies could be in another order. */
  #refresh(id: number, token: string | undefined): ConversationRequest {
    if (this.#refreshId !== undefined) return refuse(id, ERRORS.tooManyRequests);
    if (!this.#expires) return refuse(id, ERRORS.notAvailable);
    this.#refreshId = id;
    return { action: 'refresh-token', token };
  }

  #confirm(receipt: number): Uint8Array {
    const { id, name } = commandOf(receipt);
    if (name !== 'subscribe' && name !== 'recovering') return reply(id, name);
    this.#channels.subscribed(receipt);
    return reply(id, 'subscribe', name === 'recovering' ? { was_recovering: true } : {});
  }

  #fail(close: CloseCode): ConversationRequest {
    this.#fault = close;
    return FATAL;
  }
}

function refuse(id: number, error: CommandError): ConversationRequest {
  return { action: 'reply', frame: errorReply(id, error) };
}

/** CF10. */
function listReply({ receipt, members }: Extract<TopicEvent, { event: 'members' }>): Uint8Array | undefined {
  if (receipt === undefined) return undefined;
  const { id, name } = commandOf(receipt);
  return name === 'presence_stats' ? statsReply(id, members) : membersReply(id, members);
}

function receiptOf(id: number, name: ReplyName): number {
  return id * REPLY_NAMES.length + REPLY_NAMES.indexOf(name);
}

function commandOf(receipt: number): { readonly id: number; readonly name: ReplyName } {
  const name = REPLY_NAMES[receipt % REPLY_NAMES.length] ?? 'publish';
  return { id: Math.floor(receipt / REPLY_NAMES.length), name };
}

/** CF11: whether a token expires, and the seconds until the client must refresh it. */
function expiry(expiresIn: Millis | undefined): { readonly expires?: true; readonly ttl?: number } {
  if (expiresIn === undefined) return {};
  const margin = Math.min(LONGEST_MARGIN, expiresIn / 2);
  return { expires: true, ttl: Math.max(1, Math.floor((expiresIn - margin) / 1000)) };
}
