import {
  EXACT,
  EXPECTATIONS,
  STRICT_BEHAVIOURS,
  type Expectations,
  type ServerBehaviours,
} from '../../../../conformance/random/expectations.ts';
import type { ReceivedFrame, ModelPayload } from '../../../../conformance/random/received-frame.ts';
import type { Limits } from '../../../../conformance/random/limits.ts';
import { newConnection, type ClientConnection } from '../../../../conformance/random/client-connection.ts';
import type { Kind } from '../../../../conformance/random/message-kinds.ts';
import { Model } from '../../../../conformance/random/model.ts';

const LIMITS: Limits = {
  ...EXPECTATIONS.signalbox.limits,
  expireTimeout: 5_000,
  aliveTimeout: 12_000,
  sweepInterval: 1_000,
  mailboxMessages: 3,
  mailboxesPerSender: 2,
  concurrentLimit: 3,
};

interface Given {
  readonly limits?: Partial<Limits>;
  readonly habits?: Partial<ServerBehaviours>;
  readonly tolerance?: Partial<Expectations['tolerance']>;
}

/** A model with a manual clock, and shortcuts for its observations. */
export class ModelHarness {
  readonly model: Model;
  #connections = 0;

  constructor({ limits, habits, tolerance }: Given = {}) {
    this.model = new Model({
      limits: { ...LIMITS, ...limits },
      behaviours: { ...STRICT_BEHAVIOURS, ...habits },
      tolerance: { ...EXACT, ...tolerance },
    });
  }

  /** Records a connection attempt without a result. */
  connect(id: string, { token = 'one', realm = 'here' } = {}): ClientConnection {
    const connection = newConnection(`connection ${this.#connections++}`, { realm, id, token });
    this.model.recordConnect(connection);
    return connection;
  }

  /** Records a connection attempt and OPEN. */
  open(id: string, who: { token?: string; realm?: string } = {}): ClientConnection {
    const connection = this.connect(id, who);
    this.receive(connection, { type: 'OPEN' });
    return connection;
  }

  receive(connection: ClientConnection, frame: Partial<ReceivedFrame>): void {
    this.model.receive(connection, { type: '', src: undefined, dst: undefined, payload: undefined, isExact: true, ...frame });
  }

  /** `connection` receives message `n` of `src` unchanged. */
  receiveMessage(connection: ClientConnection, src: string, n: number, frame: Partial<ReceivedFrame> = {}): void {
    const payload: ModelPayload = { n };
    this.receive(connection, { type: 'OFFER', src, dst: connection.id, payload, ...frame });
  }

  receiveExpire(connection: ClientConnection, src: string): void {
    this.receive(connection, { type: 'EXPIRE', src, dst: connection.id });
  }

  /** Sends one message while no other is in flight. @returns its number */
  send(from: ClientConnection, to: string, kind: Kind = 'OFFER'): number {
    this.model.settle();
    return this.model.recordMessage(from, to, kind);
  }

  /** Advances the clock without any frame. */
  advance(ms: number): void {
    this.model.settle();
    this.model.isTimePassing = true;
    this.model.now += ms;
  }

  /** The message of the overdue event, if any. */
  get overdue(): string | undefined {
    return this.model.overdue()?.message;
  }
}
