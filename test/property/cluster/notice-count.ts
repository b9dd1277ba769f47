import { OWNERS, THIEVES, type Person } from './client-socket.ts';

interface Count {
  readonly from: string;
  readonly to: string;
  sent: number;
  delivered: number;
  reported: number;
  /** Messages that may be delivered and reported, or reported twice. */
  excused: number;
}

/** M13, M14: counts messages and notices for each pair, because a notice does not name its message. No message may have both. */
export class NoticeCount {
  readonly #counts = new Map<string, Count>();

  sent(from: Person, to: string): void {
    this.#of(from, to).sent += 1;
  }

  delivered(from: Person, to: string): void {
    this.#of(from, to).delivered += 1;
    this.#check(from, to);
  }

  reported(from: Person, to: string): void {
    this.#of(from, to).reported += 1;
    this.#check(from, to);
  }

  /** A notice or a delivery of one message of a pair may be repeated. */
  excuse(name: string, to: string): void {
    for (const person of [...OWNERS, ...THIEVES]) if (person.name === name) this.#of(person, to).excused += 1;
  }

  /** All messages that were sent until now may be delivered and reported, also if they were before. */
  excuseAll(): void {
    for (const count of this.#counts.values()) count.excused += count.sent;
  }

  /** The same for all messages from and to this peer. */
  excuseAllOf(name: string): void {
    for (const count of this.#counts.values()) if (count.from === name || count.to === name) count.excused += count.sent;
  }

  #check(from: Person, to: string): void {
    const { sent, delivered, reported, excused } = this.#of(from, to);
    if (delivered + reported <= sent + excused) return;
    throw new Error(`of ${sent} messages of ${from.token} to ${to}, ${delivered} were delivered and ${reported} reported`);
  }

  #of(from: Person, to: string): Count {
    const key = `${from.token} to ${to}`;
    const count = this.#counts.get(key) ?? { from: from.name, to, sent: 0, delivered: 0, reported: 0, excused: 0 };
    this.#counts.set(key, count);
    return count;
  }
}
