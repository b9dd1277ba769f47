/** How much the connections and the waiting messages of a process may hold, beside what each connection takes by itself. */
export interface MemoryLimits {
  /** B1: in all, in bytes. */
  readonly memoryBudget: number;
  /** B2: of one client address, in bytes. */
  readonly memoryPerAddress: number;
}

/**
 * What is held for one connection. `unread`: was sent and not read. `paced`: is sent later (X2). `incomplete`: received parts of
 * a message. `backlog`: came and was not processed. `topics`: names and patterns. `will`: T8. `credentials`: an id and a token
 * that are longer than usual.
 */
export type MemoryUse = 'unread' | 'paced' | 'incomplete' | 'backlog' | 'topics' | 'will' | 'credentials';

/** All that one address holds. */
class AddressShare {
  readonly address: string;
  bytes = 0;
  /** B3: of `bytes`, what is freed soon: its connections were told to end. */
  endingBytes = 0;
  /** Those that hold anything. */
  readonly accounts = new Set<MemoryAccount>();
  /** Which class of sizes it is listed in. */
  sizeClass = 0;

  constructor(address: string) {
    this.address = address;
  }
}

/** What one connection makes the broker hold. */
export class MemoryAccount {
  readonly address: string;
  bytes = 0;
  isEnding = false;
  /** B3: ends the connection. May be called from inside any change of a holding, so it must put that off. */
  onExcess: (() => void) | undefined = undefined;
  readonly #budget: MemoryBudget;
  /** Most connections hold nothing. */
  #parts: Record<MemoryUse, number> | undefined = undefined;
  #reserved = 0;

  constructor(budget: MemoryBudget, address: string) {
    this.#budget = budget;
    this.address = address;
  }

  /** Costs a comparison where nothing has changed. */
  set(part: MemoryUse, bytes: number): void {
    const before = this.#parts?.[part] ?? 0;
    if (bytes === before) return;
    this.#parts ??= { unread: 0, paced: 0, incomplete: 0, backlog: 0, topics: 0, will: 0, credentials: 0 };
    this.#parts[part] = bytes;
    this.#budget.changed(this, bytes - before);
  }

  /**
   * B3: whether it may hold so much, to be asked before anything is copied. Where its address has no room for it, another
   * connection has to hold more, which pays for it.
   */
  hasRoomFor(part: MemoryUse, bytes: number): boolean {
    return this.#budget.hasRoomFor(this, bytes - (this.#parts?.[part] ?? 0));
  }

  /**
   * B4: reserves what a library may buffer of an incomplete message, which the budgets can't count. The first reservation of an
   * address always succeeds. Reservations add up to `memoryPerAddress` for each address, beside its counted bytes.
   * @returns false where the address has no room for it; then nothing is reserved.
   */
  reserve(bytes: number): boolean {
    if (!this.#budget.reserves(this.address, bytes)) return false;
    this.#reserved += bytes;
    return true;
  }

  /** The connection is over. */
  release(): void {
    if (this.#reserved > 0) this.#budget.unreserves(this.address, this.#reserved);
    this.#reserved = 0;
    this.#parts = undefined;
    this.#budget.changed(this, -this.bytes);
  }
}

/** Of those that can be ended; of two that are as large, the later one. */
function largestOf(share: AddressShare | undefined): MemoryAccount | undefined {
  let largest: MemoryAccount | undefined;
  for (const account of share?.accounts ?? []) {
    if (!account.isEnding && account.onExcess !== undefined && account.bytes >= (largest?.bytes ?? 0)) largest = account;
  }
  return largest;
}

const SIZE_CLASSES = 54;

/**
 * B1 to B3: one budget for all that strangers can make the process hold, and a share of it for each address. Where either is
 * exhausted, one of the largest holders is ended; the others are not affected.
 */
export class MemoryBudget {
  readonly #limits: MemoryLimits;
  readonly #shares = new Map<string, AddressShare>();
  /** What waits in mailboxes, by the address that has sent it. */
  readonly #mailBytes = new Map<string, number>();
  /** B4: reserved bytes of each address. */
  readonly #reserved = new Map<string, number>();
  /** All shares by the power of two of their size, so that one of the largest is found without looking at the others. */
  readonly #bySize: Set<AddressShare>[] = Array.from({ length: SIZE_CLASSES }, () => new Set<AddressShare>());
  #bytes = 0;
  #endingBytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** For a connection from `address`. Nothing is kept of it while it holds nothing. */
  open(address: string): MemoryAccount {
    return new MemoryAccount(this, address);
  }

  /** Called by `Holding` alone. */
  changed(account: MemoryAccount, added: number): void {
    if (added === 0) return;
    const share = this.#shareOf(account.address);
    if (account.bytes === 0) share.accounts.add(account);
    account.bytes += added;
    if (account.bytes === 0) share.accounts.delete(account);
    if (account.isEnding) this.#addEnding(share, added);
    this.#resize(share, added);
    if (added > 0) this.#enforce(share);
  }

  /** Called by `Holding` alone. */
  hasRoomFor(account: MemoryAccount, added: number): boolean {
    const share = this.#shares.get(account.address);
    if ((share?.bytes ?? 0) - (share?.endingBytes ?? 0) + added <= this.#limits.memoryPerAddress) return true;
    return (largestOf(share)?.bytes ?? 0) > account.bytes + added;
  }

  /** Called by `Holding` alone. */
  reserves(address: string, bytes: number): boolean {
    const earlier = this.#reserved.get(address) ?? 0;
    if (earlier > 0 && earlier + bytes > this.#limits.memoryPerAddress) return false;
    this.#reserved.set(address, earlier + bytes);
    return true;
  }

  /** Called by `Holding` alone. */
  unreserves(address: string, bytes: number): void {
    const left = (this.#reserved.get(address) ?? 0) - bytes;
    if (left > 0) this.#reserved.set(address, left);
    else this.#reserved.delete(address);
  }

  /**
   * M13: counts what waits in a mailbox for the address that has sent it, beside what its connections hold. Nothing of it can
   * be ended: the sender is told EXPIRE at once where the budget is exhausted and no larger holder can be ended for it.
   * @param isScarce whether others may soon find no room: only then an address is held to its share.
   * @returns whether there is room; if not, nothing is counted.
   */
  reserveMail(address: string, bytes: number, isScarce = true): boolean {
    const total = (this.#mailBytes.get(address) ?? 0) + bytes;
    if (isScarce && total > this.#limits.memoryPerAddress) return false;
    if (this.#bytes - this.#endingBytes + bytes > this.#limits.memoryBudget && !this.#endLargest(total)) return false;
    this.#mailBytes.set(address, total);
    this.#bytes += bytes;
    return true;
  }

  /** What was taken by `takes` is gone. */
  releaseMail(address: string, bytes: number): void {
    const left = (this.#mailBytes.get(address) ?? 0) - bytes;
    if (left > 0) this.#mailBytes.set(address, left);
    else this.#mailBytes.delete(address);
    this.#bytes -= bytes;
  }

  #enforce(share: AddressShare): void {
    // What is being ended is gone soon; it may be as much again, so that ending is no way to hold more.
    const { memoryPerAddress, memoryBudget } = this.#limits;
    if (share.bytes - share.endingBytes > memoryPerAddress || share.bytes > 2 * memoryPerAddress) this.#endLargestOf(share);
    if (this.#bytes - this.#endingBytes > memoryBudget || this.#bytes > memoryBudget + memoryPerAddress) this.#endLargest(0);
  }

  /** @returns whether a share of more than `least` had a connection that could be ended. */
  #endLargest(least: number): boolean {
    for (let size = SIZE_CLASSES - 1; size >= 0; size--) {
      for (const share of this.#bySize[size] ?? []) {
        if (share.bytes - share.endingBytes > least && this.#endLargestOf(share)) return true;
      }
    }
    return false;
  }

  #endLargestOf(share: AddressShare): boolean {
    const largest = largestOf(share);
    if (largest === undefined) return false;
    largest.isEnding = true;
    this.#addEnding(share, largest.bytes);
    largest.onExcess?.();
    return true;
  }

  #addEnding(share: AddressShare, bytes: number): void {
    share.endingBytes += bytes;
    this.#endingBytes += bytes;
  }

  #resize(share: AddressShare, added: number): void {
    share.bytes += added;
    this.#bytes += added;
    const sizeClass = share.bytes < 1 ? 0 : Math.floor(Math.log2(share.bytes)) + 1;
    if (sizeClass !== share.sizeClass) {
      this.#bySize[share.sizeClass]?.delete(share);
      this.#bySize[sizeClass]?.add(share);
      share.sizeClass = sizeClass;
    }
    if (share.bytes === 0) this.#remove(share);
  }

  #shareOf(address: string): AddressShare {
    const known = this.#shares.get(address);
    if (known !== undefined) return known;
    const share = new AddressShare(address);
    this.#shares.set(address, share);
    return share;
  }

  #remove(share: AddressShare): void {
    this.#shares.delete(share.address);
    this.#bySize[share.sizeClass]?.delete(share);
  }
}
