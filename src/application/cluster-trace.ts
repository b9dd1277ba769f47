import type { NodeId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { NodeExchange } from './node-exchange.ts';
import { parseAnswer, type Question } from './node-questions.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { PeerTarget, TraceListener } from './ports/operations.ts';

export interface ClusterTraceParts {
  readonly exchange: NodeExchange;
  readonly clock: Clock;
}

/** Time between two questions, so that frames of other nodes appear within a second. */
const INTERVAL: Millis = 500;

/** ADM15: the frames of a peer at the other nodes, wherever it connects. Asks each node for its new lines, until `stop`. */
export class ClusterTrace {
  readonly #parts: ClusterTraceParts;
  readonly #target: PeerTarget;
  readonly #name: string;
  readonly #listener: TraceListener;
  #next: Wakeup | undefined;
  #missing: readonly NodeId[] = [];
  #isOver = false;

  /** @param name identifies the trace in the cluster. */
  constructor(parts: ClusterTraceParts, target: PeerTarget, name: string, listener: TraceListener) {
    this.#parts = parts;
    this.#target = target;
    this.#name = name;
    this.#listener = listener;
    this.#ask();
  }

  /** The other nodes end their part at once, or without this message after a timeout. */
  stop(): void {
    this.#isOver = true;
    this.#next?.cancel();
    this.#parts.exchange.ask(this.#question(), undefined, () => undefined);
  }

  #ask(): void {
    const { exchange, clock } = this.#parts;
    exchange.ask(this.#question(), undefined, (texts, silent) => {
      if (this.#isOver) return;
      this.#show(texts, silent);
      this.#next = clock.wakeAt(clock.now() + INTERVAL, () => this.#ask());
    });
  }

  #question(): string {
    const { realm, id } = this.#target;
    return JSON.stringify({ ask: 'trace', trace: this.#name, target: { realm, id }, isOver: this.#isOver } satisfies Question);
  }

  #show(texts: ReadonlyMap<NodeId, string>, silent: readonly NodeId[]): void {
    const now = this.#parts.clock.now();
    const missing = [...silent];
    for (const [node, text] of texts) {
      const answer = parseAnswer('trace', text);
      if (answer === undefined) missing.push(node);
      for (const { ago, entry } of answer?.lines ?? []) this.#listener.line({ ...entry, node, at: now - ago });
      if (answer !== undefined && answer.dropped > 0) this.#listener.dropped(answer.dropped);
    }
    missing.sort();
    const isChanged = missing.join() !== this.#missing.join();
    this.#missing = missing;
    if (isChanged) this.#listener.missing(missing);
  }
}
