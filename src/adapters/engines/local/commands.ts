import type { BusListener, BusMessage } from '../../../application/ports/node-bus.ts';
import { BatchWriter, type Schedule } from './batch-writer.ts';
import type { AskingName, CallName, Command, HubItem, Parameters, Reply } from './calls.ts';
import type { Channel } from './channel.ts';

/** Commands without a reply, and bytes of their messages. Beyond these limits, commands of peers are refused. */
const MAX_UNANSWERED = 20_000;
const MAX_UNANSWERED_BYTES = 64 * 1024 * 1024;

interface Unanswered {
  readonly onReply: (...reply: never) => void;
  readonly onUnavailable: () => void;
  readonly bytes: number;
}

/** The commands of one node to the hub. The replies have the order of the commands. */
export class HubCommands {
  readonly #writer: BatchWriter<Command>;
  #unanswered: Unanswered[] = [];
  /** Position of the oldest unanswered command. */
  #first = 0;
  #bytes = 0;
  #isOpen = true;
  #listener: BusListener | undefined;

  constructor(channel: Channel<Command, HubItem>, schedule?: Schedule) {
    this.#writer = new BatchWriter(channel, schedule);
    channel.listen({
      onBatch: (batch) => {
        for (const item of batch) this.#receive(item);
      },
      onClosed: () => this.close(),
    });
  }

  /** Whether the hub can be reached. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether commands of peers are accepted. */
  get hasRoom(): boolean {
    return this.#isOpen && this.#unanswered.length - this.#first < MAX_UNANSWERED && this.#bytes <= MAX_UNANSWERED_BYTES;
  }

  listen(listener: BusListener): void {
    this.#listener = listener;
  }

  /**
   * Sends a command with a reply. Exactly one of the callbacks is called, and not from inside the call while the hub can be
   * reached.
   * @param bytes of the message in the command.
   */
  ask<Name extends AskingName>(
    command: readonly [Name, ...Parameters<Name>],
    onReply: (...reply: NonNullable<Reply<Name>>) => void,
    onUnavailable: () => void,
    bytes = 0,
  ): void {
    if (!this.#isOpen) return onUnavailable();
    this.#unanswered.push({ onReply, onUnavailable, bytes });
    this.#bytes += bytes;
    this.#writer.write(command as unknown as Command, bytes);
  }

  /** Sends a command without a reply. @param bytes of the message in the command. */
  tell<Name extends Exclude<CallName, AskingName>>(command: readonly [Name, ...Parameters<Name>], bytes = 0): void {
    if (this.#isOpen) this.#writer.write(command as unknown as Command, bytes);
  }

  /** Resolves when the hub has run all commands so far, or is gone. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.ask(['nodes'], () => resolve(), resolve));
  }

  /** Unanswered commands are unavailable from now on. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const left = this.#unanswered.slice(this.#first);
    this.#unanswered = [];
    this.#first = 0;
    for (const { onUnavailable } of left) onUnavailable();
  }

  #receive(item: HubItem): void {
    if (item[0] === 'reply') this.#answer(item[1] as never);
    else if (item[0] === 'lost') this.#listener?.onMessagesLost();
    else this.#deliver(item[1]);
  }

  #deliver(message: BusMessage): void {
    this.#listener?.onMessage(message);
  }

  #answer(reply: never): void {
    const oldest = this.#unanswered[this.#first];
    if (oldest === undefined) return;
    this.#first += 1;
    if (this.#first === this.#unanswered.length || this.#first === MAX_UNANSWERED) {
      this.#unanswered = this.#unanswered.slice(this.#first);
      this.#first = 0;
    }
    this.#bytes -= oldest.bytes;
    oldest.onReply(...reply);
  }
}
