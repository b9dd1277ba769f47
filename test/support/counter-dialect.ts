import type {
  CloseFrame,
  Conversation,
  ConversationLimits,
  Registration,
  StatefulDialect,
} from '../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../src/application/ports/http.ts';
import type { ConnectRequest, ConversationRequest } from '../../src/application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../src/domain/refusal.ts';
import type { TopicEvent, TopicPattern } from '../../src/domain/topic.ts';

const LINE_FEED = 0x0a;
const FATAL: ConversationRequest = { action: 'malformed', isFatal: true };

/**
 * A stateful dialect for tests: a stream of lines that frames may cut anywhere. The client introduces itself by `HI token`, then
 * numbers its lines in its mind: `+a` joins, `~a` joins all topics that begin so, `-a` leaves, `a text` publishes. The answer to
 * line 3 is `ok 3` (`ok 3 unheard`: T14) or `no 3 reason`, and the answer to `?` is the number of lines so far.
 */
export class CounterDialect implements StatefulDialect {
  readonly name = 'counter';
  readonly space = 'counter';
  readonly keepsHistory = false;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly sendsBinary = true;
  readonly refusesRequests: boolean;

  readonly #preamble: Uint8Array | undefined;

  /** @param preamble W3. */
  constructor(refusesRequests = true, preamble?: Uint8Array) {
    this.refusesRequests = refusesRequests;
    this.#preamble = preamble;
  }

  readonly subprotocol = (offered: readonly string[]): string | undefined => offered.find((name) => name === 'counter');

  servesWebSocketAt(path: string): boolean {
    return path === '/counter';
  }

  connectRequest(query: string): ConnectRequest {
    return { as: 'newcomer', key: new URLSearchParams(query).get('key') ?? undefined };
  }

  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  converse({ maxMessageBytes }: ConversationLimits): Conversation {
    return new CounterConversation(this, maxMessageBytes, this.#preamble);
  }
}

export class CounterConversation implements Conversation {
  readonly voice: object;
  readonly #maxBytes: number;
  #rest: Uint8Array = new Uint8Array();
  #lines = 0;
  #isBroken = false;

  readonly #preamble: Uint8Array | undefined;

  constructor(voice: object, maxBytes: number, preamble?: Uint8Array) {
    this.voice = voice;
    this.#preamble = preamble;
    this.#maxBytes = maxBytes;
  }

  get restBytes(): number {
    return this.#rest.length;
  }

  read(bytes: Uint8Array): readonly ConversationRequest[] {
    if (this.#isBroken) return [];
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const requests: ConversationRequest[] = [];
    let start = 0;
    for (let end = all.indexOf(LINE_FEED); end >= 0; end = all.indexOf(LINE_FEED, start)) {
      const request = this.#request(all.subarray(start, end));
      requests.push(request);
      start = end + 1;
      this.#isBroken = request === FATAL;
      if (this.#isBroken) return requests;
    }
    if (all.length - start > this.#maxBytes) {
      this.#isBroken = true;
      this.#rest = new Uint8Array();
      return [...requests, FATAL];
    }
    this.#rest = new Uint8Array(all.subarray(start));
    return requests;
  }

  #request(line: Uint8Array): ConversationRequest {
    const text = Buffer.from(line).toString();
    if (text.startsWith('HI')) {
      const token = text.slice(3) === '' ? undefined : text.slice(3);
      return { action: 'introduce', request: { as: 'guest', key: undefined, token, selectors: [], presence: false } };
    }
    this.#lines += 1;
    const receipt = this.#lines;
    if (text === '?') return { action: 'reply', frame: Buffer.from(`${receipt}\n`) };
    const selectors = [{ topic: text.slice(1) }];
    if (text.startsWith('+')) return { action: 'join-topics', selectors, receipt };
    if (text.startsWith('~')) return { action: 'join-topics', selectors: [beginningWith(text.slice(1))], receipt };
    if (text.startsWith('-')) return { action: 'leave-topics', selectors, receipt };
    const end = line.indexOf(0x20);
    if (end < 0) return text === '!' ? FATAL : { action: 'malformed' };
    const draft = { topics: [Buffer.from(line.subarray(0, end)).toString()], payload: line.subarray(end + 1) };
    return { action: 'publish', draft, echo: true, receipt };
  }

  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    if (event.event === 'receipt') return Buffer.from(`ok ${event.receipt}${event.hasNoSubscribers ? ' unheard' : ''}\n`);
    if (event.event === 'refused') return Buffer.from(`no ${event.receipt} ${event.why}\n`);
    if (event.event !== 'publication') return undefined;
    const { topics, payload } = event.publication;
    return Buffer.concat([Buffer.from(`${topics[0]} `), payload, Buffer.from('\n')]);
  }

  streamPreamble(): Uint8Array | undefined {
    return this.#preamble;
  }

  openFrame({ id }: Pick<Registration, 'id'>): Uint8Array {
    return Buffer.from(`hi ${id}\n`);
  }

  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal({ reason }: OpenRefusal): CloseFrame {
    return { frame: Buffer.from(`refused ${reason}\n`), code: 3500, why: reason };
  }

  closeFrame(ending: Ending): CloseFrame {
    return { frame: undefined, code: ending === 'malformed' ? 1002 : 1008, why: ending };
  }
}

function beginningWith(pattern: string): TopicPattern {
  return {
    ...{ key: `~${pattern}`, pattern, matchCost: pattern.length },
    matches(topic, meter) {
      meter.steps += pattern.length;
      return topic.startsWith(pattern);
    },
  };
}
