import type { CloseFrame, Conversation, Registration } from '../../../application/ports/dialect.ts';
import type { ConversationRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { Publication, RequestRefusal, TopicEvent } from '../../../domain/topic.ts';
import { bytesOf } from '../shared/payload-forms.ts';
import { topicOf } from '../shared/prefixes.ts';
import { endingFrame, frameOf, refusalFrame, type Fault } from './codes.ts';
import { decodeExtra, encodeExtra, errorLine, serverLine, message, noResponders, OK, PING, PONG } from './frames.ts';
import type { Envelope, ServerTraits } from './frames.ts';
import { DEFAULT_OPTIONS, readOptions, type ClientOptions } from './options.ts';
import { PendingReceipts, type PendingVerb } from './pending-receipts.ts';
import { VerbReader, type PublishVerb, type ReaderLimits, type Verb } from './reader.ts';
import { hasWildcard, isSubject, isSubscribable } from './subjects.ts';
import { SubscriptionTable } from './subscriptions.ts';

/** The parts of a conversation that depend on the configuration. */
export interface ConversationParts {
  readonly limits: ReaderLimits;
  /** NA13: bytes of all copies of one message for a client. */
  readonly maxCopyBytes: number;
  readonly info: ServerTraits;
  /** NA16: the longest first. */
  readonly prefixes: readonly string[];
  readonly maxSubscriptions: number;
}

const FATAL: ConversationRequest = { action: 'malformed', isFatal: true };
const HEARTBEAT: ConversationRequest = { action: 'heartbeat' };
const REPLY_PONG: ConversationRequest = { action: 'reply', frame: PONG };
const REPLY_OK: ConversationRequest = { action: 'reply', frame: OK };
const NO_ENVELOPE: Envelope = { reply: undefined, headers: new Uint8Array() };

/** NA9: subjects of the server itself. */
const SYSTEM = /^\$SYS(?:\.|$)/;

/** NA1 to NA16: the state of one NATS client. */
export class NatsConversation implements Conversation {
  readonly #parts: ConversationParts;
  readonly #reader: VerbReader;
  readonly #table: SubscriptionTable;
  readonly #pending = new PendingReceipts();
  #options: ClientOptions = DEFAULT_OPTIONS;
  /** W3: by CONNECT, or by another verb before it. */
  #introducedBy: 'connect' | 'verb' | undefined;
  #isOpen = false;
  #id: string | undefined;
  #fault: Fault | undefined;
  #hasOverflowed = false;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#reader = new VerbReader(parts.limits);
    this.#table = new SubscriptionTable(parts.prefixes);
  }

  /** NA12: each message has a sid of the client. */
  get voice(): object {
    return this;
  }

  get restBytes(): number {
    return this.#reader.restBytes;
  }

  get stateBytes(): number {
    return this.#table.bytes;
  }

  /** NA13. */
  get hasOverflowed(): boolean {
    return this.#hasOverflowed;
  }

  read(bytes: Uint8Array): readonly ConversationRequest[] {
    if (this.#fault !== undefined) return [];
    const requests: ConversationRequest[] = [];
    const selectors = this.#table.takeUnused();
    if (selectors.length > 0) requests.push({ action: 'leave-topics', selectors });
    for (const verb of this.#reader.read(bytes)) {
      this.#handle(verb, requests);
      if (requests.at(-1) === FATAL) break;
    }
    return requests;
  }

  get patternCount(): number {
    return this.#table.patternCount;
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    switch (event.event) {
      case 'publication':
        return this.#deliver(event.publication, event.group);
      case 'receipt':
        return this.#confirm(event.receipt, event.hasNoSubscribers === true);
      case 'refused':
        return this.#refuse(event.receipt, event.why);
      default:
        return undefined;
    }
  }

  /** NA2. */
  streamPreamble(): Uint8Array {
    return serverLine(this.#parts.info);
  }

  /** NA4. */
  openFrame({ id }: Pick<Registration, 'id'>): Uint8Array | undefined {
    this.#isOpen = true;
    this.#id = id;
    return this.#introducedBy === 'connect' && this.#options.verbose ? OK : undefined;
  }

  /** NA6. */
  keepAliveFrame(): Uint8Array {
    return PING;
  }

  /** NA5. */
  refusal(refusal: OpenRefusal): CloseFrame {
    return refusalFrame(refusal);
  }

  /** NA7, NA8. */
  closeFrame(ending: Ending): CloseFrame {
    if (ending === 'malformed' && this.#fault !== undefined) return frameOf(this.#fault);
    const close = endingFrame(ending, this.#isOpen);
    return ending === 'restarting' ? { ...close, frame: serverLine(this.#parts.info, true) } : close;
  }

  #handle(verb: Verb, requests: ConversationRequest[]): void {
    switch (verb.verb) {
      case 'ping':
        return void requests.push(REPLY_PONG);
      case 'pong':
        return void requests.push(HEARTBEAT);
      case 'fault':
        return this.#fail(verb.fault, requests);
      case 'connect':
        return this.#connect(verb.json, requests);
      default:
        this.#introduce('verb', requests);
        if (verb.verb === 'sub') return this.#subscribe(verb, requests);
        return verb.verb === 'unsub' ? this.#unsubscribe(verb, requests) : this.#publish(verb, requests);
    }
  }

  /** NA3 to NA5. */
  #connect(json: string, requests: ConversationRequest[]): void {
    const options = readOptions(json, this.#options);
    if ('code' in options) return this.#fail(options, requests);
    this.#options = options;
    if (!this.#introduce('connect', requests)) this.#ok(requests);
  }

  /** W3. @returns false if the client has introduced itself before. */
  #introduce(by: 'connect' | 'verb', requests: ConversationRequest[]): boolean {
    if (this.#introducedBy !== undefined) return false;
    this.#introducedBy = by;
    const { token } = this.#options;
    const request = { as: 'guest', hasTopicToken: true, key: undefined, token, selectors: [], presence: false } as const;
    requests.push({ action: 'introduce', request });
    return true;
  }

  /** NA9 to NA11, NA14. */
  #subscribe({ subject, queue, sid }: Extract<Verb, { verb: 'sub' }>, requests: ConversationRequest[]): void {
    if (this.#table.find(sid) !== undefined) return this.#ok(requests);
    if (subject === undefined || !isSubscribable(subject)) return answerError('Invalid Subject', requests);
    if (SYSTEM.test(subject)) return answerError(subscriptionViolation(subject, queue), requests);
    if (this.#table.size >= this.#parts.maxSubscriptions) return answerError(TOO_MANY, requests);
    const subscription = this.#table.add(subject, sid, queue);
    const receipt = this.#pending.add({ verb: 'sub', subscription });
    requests.push({ action: 'join-topics', selectors: [subscription.selector], receipt });
  }

  /** NA11. */
  #unsubscribe({ sid, max }: Extract<Verb, { verb: 'unsub' }>, requests: ConversationRequest[]): void {
    const subscription = this.#table.find(sid);
    if (subscription === undefined) return this.#ok(requests);
    const selectors = max > 0 ? [] : this.#table.remove(subscription);
    const receipt = this.#pending.add({ verb: 'unsub', subscription, max });
    requests.push({ action: 'leave-topics', selectors, receipt });
  }

  /** NA9, NA12, NA15. */
  #publish({ head, headers, payload }: PublishVerb, requests: ConversationRequest[]): void {
    const { subject, reply } = head;
    const { echo, pedantic } = this.#options;
    if (headers !== undefined && !this.#options.headers) return this.#fail(BAD_HEADERS, requests);
    if (subject === undefined) return answerError(INVALID_PUBLISH, requests);
    if (SYSTEM.test(subject)) return answerError(publishViolation(subject), requests);
    const mayHaveWildcards = hasWildcard(subject);
    if (pedantic && (mayHaveWildcards || !isSubject(subject))) answerError(INVALID_PUBLISH, requests);
    const receipt = this.#pending.add({ verb: 'publish', subject, reply, isConfirmed: false });
    const hasExtra = reply !== undefined || (headers?.length ?? 0) > 0 || mayHaveWildcards;
    const extra = hasExtra ? encodeExtra(reply, headers) : undefined;
    const draft = { topics: [topicOf(subject, this.#parts.prefixes)], payload, form: 'bytes', extra } as const;
    requests.push({ action: 'publish', draft, echo, receipt });
  }

  #ok(requests: ConversationRequest[]): void {
    requests.push(this.#options.verbose ? REPLY_OK : HEARTBEAT);
  }

  #fail(fault: Fault, requests: ConversationRequest[]): void {
    this.#fault = fault;
    requests.push(FATAL);
  }

  /** NA12 to NA14, T13. */
  #deliver(publication: Publication, group: string | undefined): Uint8Array | undefined {
    if (this.#hasOverflowed) return undefined;
    const envelope = decodeExtra(publication.extra);
    const found = this.#table.receivers(publication.topics, envelope !== undefined, group);
    const payload = found.size === 0 ? undefined : bytesOf(publication);
    if (payload === undefined) return undefined;
    const { reply, headers } = envelope ?? NO_ENVELOPE;
    const sent = this.#options.headers ? { reply, headers } : { ...NO_ENVELOPE, reply };
    const parts: Uint8Array[] = this.#confirmOwn(publication);
    let freeBytes = this.#parts.maxCopyBytes;
    for (const [subscription, subject] of found) {
      freeBytes -= payload.length + sent.headers.length;
      this.#hasOverflowed = freeBytes < 0;
      if (this.#hasOverflowed) break;
      parts.push(...message({ subject, sid: subscription.sid }, sent, payload));
      subscription.delivered += 1;
      if (subscription.max !== undefined && subscription.delivered >= subscription.max) this.#table.end(subscription);
    }
    return Buffer.concat(parts);
  }

  /** NA4: a publication is confirmed before the client receives it. */
  #confirmOwn({ from }: Publication): Uint8Array[] {
    if (!this.#options.verbose || from === undefined || from !== this.#id) return [];
    const oldest = this.#pending.oldest;
    if (oldest?.verb !== 'publish' || oldest.isConfirmed) return [];
    oldest.isConfirmed = true;
    return [OK];
  }

  #confirm(receipt: number, hasNoSubscribers: boolean): Uint8Array | undefined {
    const verb = this.#pending.answered(receipt);
    if (verb === undefined) return undefined;
    const isConfirmed = !this.#options.verbose || (verb.verb === 'publish' && verb.isConfirmed);
    const parts: Uint8Array[] = isConfirmed ? [] : [OK];
    if (verb.verb === 'sub') this.#table.activate(verb.subscription);
    else if (verb.verb === 'unsub') this.#endAfter(verb);
    else if (hasNoSubscribers && verb.reply !== undefined && this.#options.noResponders) {
      const receiver = this.#table.receiverOf(Buffer.from(verb.reply, 'latin1').toString());
      if (receiver !== undefined) parts.push(noResponders(verb.reply, receiver.sid));
    }
    return parts.length === 0 ? undefined : Buffer.concat(parts);
  }

  /** NA11. */
  #endAfter({ subscription, max }: Extract<PendingVerb, { verb: 'unsub' }>): void {
    if (max > subscription.delivered) subscription.max = max;
    else this.#table.end(subscription);
  }

  /** NA9. */
  #refuse(receipt: number, why: RequestRefusal): Uint8Array | undefined {
    const verb = this.#pending.answered(receipt);
    if (verb === undefined) return undefined;
    if (verb.verb === 'publish') return errorLine(why === 'not-allowed' ? publishViolation(verb.subject) : INVALID_PUBLISH);
    this.#table.end(verb.subscription);
    if (why === 'not-allowed') return errorLine(subscriptionViolation(verb.subscription.subject, verb.subscription.queue));
    return errorLine(why === 'too-many-topics' ? TOO_MANY : 'Invalid Subject');
  }
}

const TOO_MANY = 'maximum subscriptions exceeded';
const INVALID_PUBLISH = 'Invalid Publish Subject';
const BAD_HEADERS: Fault = { text: undefined, code: 1002, why: 'headers without headers support' };

function subscriptionViolation(subject: string, queue?: string): string {
  const using = queue === undefined ? '' : ` using queue "${Buffer.from(queue, 'latin1').toString()}"`;
  return `Permissions Violation for Subscription to "${subject}"${using}`;
}

function publishViolation(subject: string): string {
  return `Permissions Violation for Publish to "${subject}"`;
}

function answerError(text: string, requests: ConversationRequest[]): void {
  requests.push({ action: 'reply', frame: errorLine(text) });
}
