import type { CloseFrame, Conversation, Registration } from '../../../application/ports/dialect.ts';
import type { ConversationRequest, FrameRequest } from '../../../application/ports/requests.ts';
import { textBytes } from '../../../domain/memory-sizes.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import type { Draft, Publication, RequestRefusal, TopicEvent } from '../../../domain/topic.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame, refusalText } from '../shared/close-frames.ts';
import { bytesOf } from '../shared/payload-forms.ts';
import { topicOf } from '../shared/prefixes.ts';
import { ClientSubscriptions } from './client-subscriptions.ts';
import { FilterRequests } from './filter-requests.ts';
import { isName, isReserved } from './filters.ts';
import { acknowledgement, connack3, connack5, disconnect, PINGRESP, property, publish } from './frames.ts';
import { connack, introduction, readClient, versionOf, type Client } from './introduction.ts';
import { PacketIds } from './packet-ids.ts';
import { PacketStream, type RawPacket } from './packet-stream.ts';
import { readPacket, type Message, type Packet, type Version } from './packets.ts';
import { numberIn, PROPERTIES, withEarlierExpiry } from './properties.ts';
import { CONNECT_REFUSALS, ENDINGS, PUBLISH_REFUSALS, REASONS } from './reasons.ts';
import { MAX_SERIAL, receiptOf, requestOf, type Acknowledgement } from './receipts.ts';

/** The parts that all conversations of a dialect share. */
export interface ConversationParts {
  /** MQ24: the longest first. */
  readonly prefixes: readonly string[];
  /** MQ10: the longest silence of a client. */
  readonly aliveTimeout: Millis;
  readonly topicsPerConnection: number;
  /** MQ20. */
  readonly keepsRetained: boolean;
  /** M23: packets of one frame, and filters of one packet. */
  readonly maxRequests: number;
  /** W2: of conversations in version 3.1.1 and 5.0 whose frames depend on nothing else. */
  readonly voices: Readonly<Record<Version, object>>;
}

/** MQ2, MQ3, MQ12: why nothing more is read. */
interface Fault {
  readonly reason: number;
  readonly code: number;
}

const TEXT_FRAME: Fault = { reason: REASONS.malformed, code: 1003 };
const TOO_LARGE: Fault = { reason: REASONS.tooLarge, code: 1009 };
const FATAL: ConversationRequest = { action: 'malformed', isFatal: true };
const NO_BYTES = new Uint8Array();
const WILL_ON_LEAVE = 0x04;

/** MQ1 to MQ25: the state of one MQTT client. */
export class MqttConversation implements Conversation {
  readonly #parts: ConversationParts;
  readonly #maxPacketBytes: number;
  readonly #stream: PacketStream;
  readonly #subscriptions: ClientSubscriptions;
  readonly #filterRequests: FilterRequests;
  /** MQ16: publications with QoS 2 that are not released. */
  readonly #received = new PacketIds();
  #client: Client | undefined;
  #isOpen = false;
  #isDone = false;
  #fault: Fault | undefined;
  #serial = 0;

  constructor(parts: ConversationParts, maxPacketBytes: number) {
    this.#parts = parts;
    this.#maxPacketBytes = maxPacketBytes;
    this.#stream = new PacketStream(maxPacketBytes);
    // A filter that the broker is about to refuse counts, too.
    this.#subscriptions = new ClientSubscriptions(parts.prefixes, 2 * parts.topicsPerConnection);
    this.#filterRequests = new FilterRequests(this.#subscriptions);
  }

  /** W2: of its own where names have prefixes, and for a client with a largest packet. It stays the same after CONNECT. */
  get voice(): object {
    if (this.#client === undefined || this.#parts.prefixes.length > 0 || this.#client.maxPacketBytes !== undefined) return this;
    return this.#parts.voices[this.#client.version];
  }

  get restBytes(): number {
    return this.#stream.restBytes;
  }

  get stateBytes(): number {
    return this.#subscriptions.bytes + this.#received.bytes + textBytes(this.#client?.clientId ?? '');
  }

  /** MQ2, MQ3. */
  read(bytes: Uint8Array, isBinary: boolean): readonly ConversationRequest[] {
    if (this.#isDone) return [];
    if (!isBinary) return [this.#fail(TEXT_FRAME)];
    const requests: ConversationRequest[] = [];
    this.#stream.begin(bytes);
    for (let packets = 0; packets < this.#parts.maxRequests; packets++) {
      const packet = this.#stream.next();
      if (packet === undefined) return requests;
      if (packet === 'too-large') requests.push(this.#fail(TOO_LARGE));
      else if (packet === 'malformed') requests.push(this.#malformed(REASONS.malformed));
      else this.#read(packet, requests);
      if (this.#isDone) return requests;
    }
    if (!this.#stream.isAtEnd) requests.push(this.#malformed(REASONS.rateTooHigh));
    return requests;
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    switch (event.event) {
      case 'publication':
        return this.#publication(event);
      case 'receipt':
        return this.#confirm(event);
      case 'refused':
        return this.#refuse(event.receipt, event.why);
      default:
        return undefined;
    }
  }

  streamPreamble(): undefined {
    return undefined;
  }

  /** MQ5, MQ9. */
  openFrame({ id }: Pick<Registration, 'id'>): Uint8Array {
    this.#isOpen = true;
    const { aliveTimeout, keepsRetained } = this.#parts;
    return connack(this.#client, { id, maxPacketBytes: this.#maxPacketBytes, aliveTimeout, keepsRetained });
  }

  /** MQ10: a ping of the WebSocket. */
  keepAliveFrame(): undefined {
    return undefined;
  }

  /** MQ6. */
  refusal(refusal: OpenRefusal): CloseFrame {
    const { code3, code5 } = CONNECT_REFUSALS[refusal.reason];
    const { code, why } = refusalCloseFrame(refusal);
    const text = property(PROPERTIES.reasonString, refusalText(refusal));
    return { frame: this.#client?.version === 5 ? connack5(code5, [text]) : connack3(code3), code, why };
  }

  /** MQ11, MQ12: without a packet before CONNACK, and in version 3.1.1. */
  closeFrame(ending: Ending): CloseFrame {
    const { code, why } = ENDING_CLOSE_FRAMES[ending];
    const fault = ending === 'malformed' ? this.#fault : undefined;
    const hasFrame = this.#isOpen && this.#client?.version === 5 && ending !== 'left';
    const frame = hasFrame ? disconnect(fault?.reason ?? ENDINGS[ending]) : undefined;
    return { frame, code: fault?.code ?? code, why };
  }

  #read(raw: RawPacket, requests: ConversationRequest[]): void {
    const client = this.#client;
    if (client === undefined) return this.#connect(raw, requests);
    const packet = readPacket(raw, client.version, this.#parts.maxRequests);
    const request = typeof packet === 'number' ? this.#malformed(packet) : this.#request(packet, client.version);
    if (request !== undefined) requests.push(request);
  }

  #request(packet: Packet, version: Version): FrameRequest | undefined {
    switch (packet.type) {
      case 'publish':
        return this.#publish(packet, version);
      case 'pubrel':
        this.#received.delete(packet.id);
        return reply(acknowledgement('pubcomp', packet.id, version));
      case 'subscribe':
        return this.#filterRequests.subscribe(packet, this.#receipt(packet.id, 'suback'), version);
      case 'unsubscribe':
        return this.#filterRequests.unsubscribe(packet.filters, this.#receipt(packet.id, 'unsuback'));
      case 'pingreq':
        return reply(PINGRESP);
      case 'disconnect':
        this.#isDone = true;
        return { action: 'leave', keepsWill: packet.reason === WILL_ON_LEAVE };
      default:
        return undefined;
    }
  }

  /** MQ4 to MQ8, MQ21. */
  #connect(raw: RawPacket, requests: ConversationRequest[]): void {
    const client = readClient(raw);
    if (client instanceof Uint8Array) requests.push(reply(client));
    if (client === undefined || client instanceof Uint8Array) return void requests.push(this.#malformed(REASONS.malformed));
    const { version, clientId, keepAlive, keepsSubscriptions, maxPacketBytes, will } = client;
    this.#client = { version, clientId, keepAlive, keepsSubscriptions, maxPacketBytes };
    requests.push(introduction(client, this.#parts.aliveTimeout));
    if (will !== undefined && !this.#isReserved(will.topic)) {
      requests.push({ action: 'set-will-draft', draft: this.#draft(will, false) });
    }
  }

  /** MQ16: no client publishes to reserved topics. */
  #publish({ message, quality, id }: Extract<Packet, { type: 'publish' }>, version: Version): FrameRequest {
    const kind = quality === 1 ? 'puback' : 'pubrec';
    if (this.#isReserved(message.topic)) {
      if (quality === 0) return { action: 'ignore', why: 'not-allowed' };
      return reply(acknowledgement(kind, id, version, REASONS.notAuthorized));
    }
    if (quality === 2 && !this.#received.add(id)) return reply(acknowledgement(kind, id, version));
    const draft = this.#draft(message, version === 5 && quality > 0);
    const receipt = quality === 0 ? undefined : this.#receipt(id, kind);
    return { action: 'publish', draft, echo: 'unless-no-local', receipt };
  }

  /** MQ16, MQ24: a prefix does not hide a reserved topic. */
  #isReserved(name: string): boolean {
    return isReserved(name) || isReserved(topicOf(name, this.#parts.prefixes));
  }

  /** MQ20, MQ22. @param mayRefuse whether an answer can say that a publication is not kept. */
  #draft({ topic, payload, isRetained, properties }: Message, mayRefuse: boolean): Draft {
    const extra =
      properties === undefined || properties.raw.length === 0 ? undefined : { dialect: 'mqtt', bytes: properties.raw };
    const expiry = properties && numberIn(properties, PROPERTIES.messageExpiry);
    const retain = { lifetime: expiry === undefined ? NEVER : expiry * 1000, isRequired: mayRefuse };
    const topics = [topicOf(topic, this.#parts.prefixes)];
    return { topics, payload, form: 'bytes', extra, retain: isRetained ? retain : undefined };
  }

  #receipt(id: number, kind: Acknowledgement): number {
    this.#serial = (this.#serial + 1) % MAX_SERIAL;
    return receiptOf(this.#serial, id, kind);
  }

  /** MQ14 to MQ16. */
  #confirm({ receipt, outcomes = [], hasNoSubscribers }: Extract<TopicEvent, { event: 'receipt' }>): Uint8Array {
    const { id, kind } = requestOf(receipt);
    if (kind === 'suback') return this.#filterRequests.suback(id, receipt, this.#version, outcomes);
    if (kind === 'unsuback') return this.#filterRequests.unsuback(id, receipt, this.#version);
    return acknowledgement(kind, id, this.#version, hasNoSubscribers === true ? REASONS.noSubscribers : REASONS.success);
  }

  /** MQ16: in version 3.1.1, an acknowledgement has no reason. */
  #refuse(receipt: number, why: RequestRefusal): Uint8Array {
    const { id, kind } = requestOf(receipt);
    if (kind === 'suback') return this.#filterRequests.refuse(id, receipt, this.#version, why);
    if (kind === 'unsuback') return this.#filterRequests.unsuback(id, receipt, this.#version);
    if (kind === 'pubrec' && this.#version === 5) this.#received.delete(id);
    return acknowledgement(kind, id, this.#version, PUBLISH_REFUSALS[why]);
  }

  /** MQ18, MQ20, MQ22, MQ25, T12, W9. */
  #publication({ publication, retained, group }: Extract<TopicEvent, { event: 'publication' }>): Uint8Array | undefined {
    const [topic = ''] = publication.topics;
    const payload = isName(topic) ? bytesOf(publication) : undefined;
    if (payload === undefined) return undefined;
    const name = this.#parts.prefixes.length === 0 ? topic : this.#subscriptions.nameOf(topic, group);
    const properties = this.#version === 5 ? propertiesOf(publication, retained?.age ?? 0) : undefined;
    const frame = publish(name, payload, retained !== undefined, properties);
    return frame !== undefined && frame.length <= (this.#client?.maxPacketBytes ?? Infinity) ? frame : undefined;
  }

  get #version(): Version {
    return versionOf(this.#client);
  }

  #malformed(reason: number): typeof FATAL {
    return this.#fail({ reason, code: ENDING_CLOSE_FRAMES.malformed.code });
  }

  #fail(fault: Fault): typeof FATAL {
    this.#isDone = true;
    this.#fault = fault;
    return FATAL;
  }
}

/** MQ22. @param age how long the publication was kept. */
function propertiesOf({ extra }: Publication, age: Millis): Uint8Array {
  if (extra?.dialect !== 'mqtt') return NO_BYTES;
  return age < 1000 ? extra.bytes : withEarlierExpiry(extra.bytes, Math.floor(age / 1000));
}

function reply(frame: Uint8Array): { readonly action: 'reply'; readonly frame: Uint8Array } {
  return { action: 'reply', frame };
}
