import type { ConnectionId } from './ids.ts';

/**
 * Uses of memory for one connection. `unread`: written, not yet read by the client. `paced`: to be written later (X2).
 * `incomplete`: received fragments of a message. `backlog`: received, not yet processed. `topics`: names and patterns.
 * `will`: T8. `credentials`: id and token beyond the included length. `request`: origin and headers likewise (A7). `buffer`: a
 * buffer of the transport's library that the connection keeps until it ends. `body`: B5, of a request. `attachments`: B5, with
 * the packet that needs them. `rest`: W1, an incomplete request of a conversation, and its state. `presence`: T19, as a member
 * and a watcher. `published`: T10, frames of publications that wait for a later turn. `replay`:
 * MER5, publications that wait for a later turn.
 */
export type MemoryUse = keyof typeof EMPTY;

const EMPTY = {
  unread: 0,
  paced: 0,
  incomplete: 0,
  backlog: 0,
  topics: 0,
  will: 0,
  credentials: 0,
  request: 0,
  buffer: 0,
  body: 0,
  attachments: 0,
  rest: 0,
  presence: 0,
  published: 0,
  replay: 0,
};

/** The part of a budget that its accounts need. Implemented by `MemoryBudget`. */
interface AccountBudget {
  /** Bytes that were written and that clients have not read. */
  unsentBytes: number;
  /** B3: for the accounts of connections. */
  readonly onExcess: ExcessListener | undefined;
  update(account: MemoryAccount, added: number): void;
  hasRoomFor(account: MemoryAccount, added: number): boolean;
  reserve(address: string, bytes: number): boolean;
  unreserve(address: string, bytes: number): void;
}

/**
 * B3: closes the connection, or cuts it without a close frame. Called during an update of any account, so the close must be
 * deferred. Called again with `true` if a connection that is being closed must be cut.
 */
export type ExcessListener = (mustCut: boolean, account: MemoryAccount) => void;

/** The state of an account that holds memory, or has held some. */
class Holding {
  readonly parts: Record<MemoryUse, number> = { ...EMPTY };
  bytes = 0;
  isEnding = false;
  isCut = false;
  onExcess: ExcessListener | undefined = undefined;
}

/** The memory that the broker holds for one connection, or for one request (B5). */
export class MemoryAccount {
  readonly address: string;
  /** The open connection that the account belongs to. Undefined for a request. */
  connection: ConnectionId | undefined = undefined;
  /** Undefined after the release. */
  #budget: AccountBudget | undefined;
  /** Undefined for most connections, which never hold anything. */
  #holding: Holding | undefined = undefined;
  #reserved = 0;

  constructor(budget: AccountBudget, address: string) {
    this.#budget = budget;
    this.address = address;
  }

  get bytes(): number {
    return this.#holding?.bytes ?? 0;
  }

  set bytes(bytes: number) {
    (this.#holding ??= new Holding()).bytes = bytes;
  }

  get isEnding(): boolean {
    return this.#holding?.isEnding === true;
  }

  set isEnding(isEnding: boolean) {
    (this.#holding ??= new Holding()).isEnding = isEnding;
  }

  /** B3: the connection is cut, because too much memory belongs to connections that are being closed. */
  get isCut(): boolean {
    return this.#holding?.isCut === true;
  }

  set isCut(isCut: boolean) {
    (this.#holding ??= new Holding()).isCut = isCut;
  }

  /** Undefined for an account that can't be closed. That of the budget, unless the account has one of its own. */
  get onExcess(): ExcessListener | undefined {
    return this.#holding?.onExcess ?? (this.connection === undefined ? undefined : this.#budget?.onExcess);
  }

  set onExcess(onExcess: ExcessListener | undefined) {
    (this.#holding ??= new Holding()).onExcess = onExcess;
  }

  /** Bytes of one use. */
  sizeOf(part: MemoryUse): number {
    return this.#holding?.parts[part] ?? 0;
  }

  /** Costs one comparison if the size is unchanged. Ignored after the release, because nothing would free the bytes again. */
  set(part: MemoryUse, bytes: number): void {
    const budget = this.#budget;
    const before = this.sizeOf(part);
    if (budget === undefined || bytes === before) return;
    if (part === 'unread') budget.unsentBytes += bytes - before;
    this.#holding ??= new Holding();
    this.#holding.parts[part] = bytes;
    budget.update(this, bytes - before);
  }

  /**
   * B3: whether `part` may grow to `bytes`; checked before data is copied. If the address has no room, the answer is true
   * only if another connection of the address holds more, which is then closed. False after the release.
   */
  hasRoomFor(part: MemoryUse, bytes: number): boolean {
    return this.#budget?.hasRoomFor(this, bytes - this.sizeOf(part)) === true;
  }

  /**
   * B4: reserves memory for an incomplete message in a library's buffer, whose size the broker cannot observe. The first
   * reservation of an address always succeeds. Further ones succeed up to 32 times `memoryPerAddress`, separately from counted
   * bytes.
   * @returns false if the address has no room; nothing is reserved then.
   */
  reserve(bytes: number): boolean {
    if (this.#budget?.reserve(this.address, bytes) !== true) return false;
    this.#reserved += bytes;
    return true;
  }

  /** B3: closes the connection, also if it holds little memory. */
  exceed(): void {
    this.onExcess?.(false, this);
  }

  /** Frees the memory of a closed connection, for good. */
  release(): void {
    const budget = this.#budget;
    if (budget === undefined) return;
    this.#budget = undefined;
    budget.unsentBytes -= this.sizeOf('unread');
    if (this.#reserved > 0) budget.unreserve(this.address, this.#reserved);
    budget.update(this, -this.bytes);
  }
}
