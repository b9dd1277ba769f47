import { type ExcessListener, MemoryAccount } from './memory-account.ts';

/** Limits of the memory that clients can make the process hold, beyond the fixed cost of a connection. */
export interface MemoryLimits {
  /** B1: bytes in total. */
  readonly memoryBudget: number;
  /** B2: bytes of one client address. */
  readonly memoryPerAddress: number;
}

/** The memory of one client address. */
class AddressShare {
  readonly address: string;
  bytes = 0;
  /** B3: the part of `bytes` that belongs to connections that are being closed. */
  endingBytes = 0;
  /** Accounts that are not empty. */
  readonly accounts = new Set<MemoryAccount>();
  /** Index in `MemoryBudget.#bySize`. */
  sizeClass = 0;

  constructor(address: string) {
    this.address = address;
  }
}

/** The largest account whose connection can be closed; among equals, the latest. */
function largestOf(share: AddressShare | undefined): MemoryAccount | undefined {
  let largest: MemoryAccount | undefined;
  for (const account of share?.accounts ?? []) {
    if (!account.isEnding && account.onExcess !== undefined && account.bytes >= (largest?.bytes ?? 0)) largest = account;
  }
  return largest;
}

/** B4: 256 MiB by default, so that one address can have 256 connections with the default message limit of 1 MiB. */
const RESERVABLE_SHARES = 32;

/** B3: part of `memoryPerAddress` that connections may hold that are being closed when another one is closed. */
const ENDING_PART = 1 / 8;

const SIZE_CLASSES = 54;

/**
 * B1 to B3: one budget for all memory that clients can make the process hold, and a share of it for each client address.
 * If either is exhausted, one of the largest connections is closed; the others are not affected.
 */
export class MemoryBudget {
  readonly #limits: MemoryLimits;
  readonly #shares = new Map<string, AddressShare>();
  /** Bytes of held messages, by client address of the sender. */
  readonly #mailBytes = new Map<string, number>();
  /** B4: reserved bytes by client address. */
  readonly #reserved = new Map<string, number>();
  /** Shares by the binary logarithm of their size, so that one of the largest is found without a scan. */
  readonly #bySize: Set<AddressShare>[] = Array.from({ length: SIZE_CLASSES }, () => new Set<AddressShare>());
  /** Bytes that were written and that clients have not read. Changed by `MemoryAccount` only. */
  unsentBytes = 0;
  /** B3: for the accounts of all connections, because a listener for each would be a tenth of the memory of a peer. */
  onExcess: ExcessListener | undefined = undefined;
  #bytes = 0;
  #endingBytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** An account for a connection from `address`. An empty account takes no memory in the budget. */
  open(address: string): MemoryAccount {
    return new MemoryAccount(this, address);
  }

  /** Called by `MemoryAccount` only. */
  update(account: MemoryAccount, added: number): void {
    if (added === 0) return;
    const share = this.#shareOf(account.address);
    if (account.bytes === 0) share.accounts.add(account);
    account.bytes += added;
    if (account.bytes === 0) share.accounts.delete(account);
    if (account.isEnding) this.#addEnding(share, added);
    this.#resize(share, added);
    if (added > 0) this.#enforce(account, share);
  }

  /** Called by `MemoryAccount` only. */
  hasRoomFor(account: MemoryAccount, added: number): boolean {
    const share = this.#shares.get(account.address);
    if ((share?.bytes ?? 0) - (share?.endingBytes ?? 0) + added <= this.#limits.memoryPerAddress) return true;
    return (largestOf(share)?.bytes ?? 0) > account.bytes + added;
  }

  /** Called by `MemoryAccount` only. */
  reserve(address: string, bytes: number): boolean {
    const reserved = this.#reserved.get(address) ?? 0;
    if (reserved > 0 && reserved + bytes > RESERVABLE_SHARES * this.#limits.memoryPerAddress) return false;
    this.#reserved.set(address, reserved + bytes);
    return true;
  }

  /** Called by `MemoryAccount` only. */
  unreserve(address: string, bytes: number): void {
    const left = (this.#reserved.get(address) ?? 0) - bytes;
    if (left > 0) this.#reserved.set(address, left);
    else this.#reserved.delete(address);
  }

  /**
   * M13: reserves memory for a held message, counted for the client address of its sender. Held messages are never evicted:
   * if the budget is exhausted and no larger connection can be closed, the sender receives EXPIRE at once.
   * @param isScarce whether the realm's mailboxes are filling up. Only then the share of the address is enforced.
   * @returns false if there is no room; nothing is reserved then.
   */
  reserveMail(address: string, bytes: number, isScarce = true): boolean {
    const total = (this.#mailBytes.get(address) ?? 0) + bytes;
    if (isScarce && total > this.#limits.memoryPerAddress) return false;
    if (this.#bytes - this.#endingBytes + bytes > this.#limits.memoryBudget && !this.#closeLargest(total)) return false;
    this.#mailBytes.set(address, total);
    this.#bytes += bytes;
    return true;
  }

  /** Reverts `reserveMail`. */
  releaseMail(address: string, bytes: number): void {
    const left = (this.#mailBytes.get(address) ?? 0) - bytes;
    if (left > 0) this.#mailBytes.set(address, left);
    else this.#mailBytes.delete(address);
    this.#bytes -= bytes;
  }

  #enforce(account: MemoryAccount, share: AddressShare): void {
    const { memoryPerAddress, memoryBudget } = this.#limits;
    if (account.isEnding && !account.isCut && this.#mustCut) {
      account.isCut = true;
      account.onExcess?.(true, account);
    }
    if (share.bytes - share.endingBytes > memoryPerAddress) this.#closeLargestOf(share);
    if (this.#bytes - this.#endingBytes > memoryBudget) this.#closeLargest(0);
  }

  /** Memory of connections that are being closed is freed late, and is tolerated up to the share of one address. */
  get #mustCut(): boolean {
    return this.#endingBytes > this.#limits.memoryPerAddress;
  }

  /** @returns whether a share of more than `least` bytes had a connection that could be closed. */
  #closeLargest(least: number): boolean {
    for (let size = SIZE_CLASSES - 1; size >= 0; size--) {
      for (const share of this.#bySize[size] ?? []) {
        if (share.bytes - share.endingBytes > least && this.#closeLargestOf(share)) return true;
      }
    }
    return false;
  }

  #closeLargestOf(share: AddressShare): boolean {
    const largest = largestOf(share);
    if (largest === undefined) return false;
    const areManyEnding = this.#endingBytes > ENDING_PART * this.#limits.memoryPerAddress;
    largest.isEnding = true;
    this.#addEnding(share, largest.bytes);
    largest.isCut = areManyEnding || this.#mustCut;
    largest.onExcess?.(largest.isCut, largest);
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
