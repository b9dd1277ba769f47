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

/** A notebook, and short words for what it can be told. Its clock stands until it is turned. */
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

  /** Somebody asks to be a peer; what comes of it is not told yet. */
  connect(id: string, { token = 'one', realm = 'here' } = {}): ClientConnection {
    const line = newConnection(`line ${this.#connections++}`, { realm, id, token });
    this.model.recordConnect(line);
    return line;
  }

  /** Somebody asks to be a peer, and hears OPEN. */
  open(id: string, who: { token?: string; realm?: string } = {}): ClientConnection {
    const line = this.connect(id, who);
    this.receive(line, { type: 'OPEN' });
    return line;
  }

  receive(line: ClientConnection, frame: Partial<ReceivedFrame>): void {
    this.model.receive(line, { type: '', src: undefined, dst: undefined, payload: undefined, isExact: true, ...frame });
  }

  /** `line` hears message `n` of `src`, as it should. */
  receiveMessage(line: ClientConnection, src: string, n: number, frame: Partial<ReceivedFrame> = {}): void {
    const payload: ModelPayload = { n };
    this.receive(line, { type: 'OFFER', src, dst: line.id, payload, ...frame });
  }

  receiveExpire(line: ClientConnection, src: string): void {
    this.receive(line, { type: 'EXPIRE', src, dst: line.id });
  }

  /** Sends one message, and no other is under way. @returns its number. */
  send(from: ClientConnection, to: string, kind: Kind = 'OFFER'): number {
    this.model.settle();
    return this.model.recordMessage(from, to, kind);
  }

  /** Time passes, and nobody says anything. */
  advance(ms: number): void {
    this.model.settle();
    this.model.isTimePassing = true;
    this.model.now += ms;
  }

  /** What is owed, in words; undefined where nothing is. */
  get overdue(): string | undefined {
    return this.model.overdue()?.message;
  }
}
