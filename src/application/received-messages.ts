import type { MessageKind } from '../domain/message.ts';
import type { FrameRequest } from './ports/requests.ts';
import type { Counter, Telemetry } from './ports/telemetry.ts';

/** Counts the requests of the connections of one dialect, by type. One addition for each. */
export class ReceivedMessages {
  readonly #relayed: Readonly<Record<MessageKind, Counter>>;
  readonly #heartbeat: Counter;
  readonly #publish: Counter;
  readonly #other: Counter;

  constructor(telemetry: Telemetry, dialect: string) {
    const counter = (type: string): Counter => telemetry.counter('messages_received_total', dialect, type);
    this.#relayed = {
      offer: counter('OFFER'),
      answer: counter('ANSWER'),
      candidate: counter('CANDIDATE'),
      leave: counter('LEAVE'),
      expire: counter('EXPIRE'),
    };
    this.#heartbeat = counter('HEARTBEAT');
    this.#publish = counter('publish');
    this.#other = counter('other');
  }

  count(request: FrameRequest): void {
    if (request.action === 'relay') this.#relayedOf(request.kind).add();
    else if (request.action === 'heartbeat') this.#heartbeat.add();
    else if (request.action === 'publish') this.#publish.add();
    else if (request.action === 'leave') this.#relayed.leave.add();
    else this.#other.add();
  }

  /** Without a computed key, which V8 looks up slowly if it has had more than four values. */
  #relayedOf(kind: MessageKind): Counter {
    if (kind === 'candidate') return this.#relayed.candidate;
    if (kind === 'offer') return this.#relayed.offer;
    return kind === 'answer' ? this.#relayed.answer : this.#relayed[kind];
  }
}
