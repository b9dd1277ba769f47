import type { Told } from './frame.ts';
import { HonestServer, type Held, type Peer, type Realm } from './honest-server.ts';
import type { Mutant } from './mutant.ts';

/** M13 to M15: what waits for who is absent. */
export const MAILBOX_MUTANTS: readonly Mutant[] = [
  {
    name: 'has no mailboxes',
    fails: ['M13.waits', 'M13.each-mailbox'],
    verdict: 'failed',
    also: ['O11', 'M14', 'M15', 'M17', 'M6', 'M11', 'M12', 'O2'],
    Server: class extends HonestServer {
      override holds(): void {}
    },
  },
  {
    name: 'keeps the last message only',
    fails: ['M13.waits'],
    verdict: 'failed',
    also: ['O11', 'M14', 'M15', 'M17'],
    Server: class extends HonestServer {
      override holds(held: Held): void {
        held.from.realm.mailboxes.set(held.told.dst, [held]);
      }
    },
  },
  {
    name: 'brings what a sender wrote to others, too',
    fails: ['M13.each-mailbox'],
    verdict: 'dangerous',
    also: ['O11'],
    Server: class extends HonestServer {
      override takesMail(peer: Peer): Held[] {
        const held = super.takesMail(peer);
        const senders = new Set(held.map(({ from }) => from));
        return [...held, ...[...peer.realm.mailboxes.values()].flat().filter(({ from }) => senders.has(from))];
      }
    },
  },
  {
    name: 'keeps more messages than it may',
    fails: ['M13.too-many-messages', 'M13.too-many-bytes', 'M13.too-many-mailboxes', 'M13.realm-full'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override hasRoom(): boolean {
        return true;
      }
    },
  },
  {
    name: 'drops in silence what a mailbox has no room for',
    fails: ['M13.too-many-messages', 'M13.too-many-bytes'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override full(): void {}
    },
  },
  {
    name: 'never says EXPIRE',
    fails: ['M14.told', 'M14.each-pair'],
    verdict: 'failed',
    also: ['M6', 'M11', 'M12', 'M13', 'M15'],
    Server: class extends HonestServer {
      override expires(): void {}
    },
  },
  {
    name: 'says EXPIRE at once, and keeps the message',
    fails: ['M14.not-early'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends HonestServer {
      override holds(held: Held): void {
        super.holds(held);
        this.expires(held.from, held.told.dst);
      }
    },
  },
  {
    name: 'says EXPIRE before the time is over',
    fails: ['M14.not-early'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override expireTimeout(): number {
        return super.expireTimeout() / 2;
      }
    },
    also: ['M6', 'M11', 'M12'],
  },
  {
    name: 'says EXPIRE long after the time is over',
    fails: ['M14.not-late'],
    verdict: 'loose',
    Server: class extends HonestServer {
      override expireTimeout(): number {
        return super.expireTimeout() + 4_000;
      }
    },
    also: ['M14', 'M6', 'M11', 'M12', 'M15'],
  },
  {
    name: 'says EXPIRE twice',
    fails: ['M14.each-pair'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override expires(from: Peer, absent: string): void {
        super.expires(from, absent);
        super.expires(from, absent);
      }
    },
    also: ['M11', 'M12', 'M15'],
  },
  {
    name: 'says EXPIRE for each message',
    fails: ['M14.told-once'],
    verdict: 'loose',
    Server: class extends HonestServer {
      override expiresMail({ mailboxes }: Realm): void {
        for (const [absent, box] of mailboxes) {
          const old = box.filter(({ at }) => at <= performance.now() - this.expireTimeout());
          mailboxes.set(absent, box.slice(old.length));
          for (const { from } of old) this.expires(from, absent);
        }
      }
    },
  },
  {
    name: 'says EXPIRE to everybody',
    fails: ['M14.nobody-else'],
    verdict: 'dangerous',
    Server: class extends HonestServer {
      override expires(from: Peer, absent: string): void {
        for (const peer of from.realm.peers.values()) this.tells(peer, { type: 'EXPIRE', src: absent, dst: from.id });
      }
    },
    also: ['*'],
  },
  {
    name: 'says EXPIRE to whoever came first, not to the sender',
    fails: ['M14.told'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override expires(from: Peer, absent: string): void {
        const [first = from] = from.realm.peers.values();
        super.expires(first, absent);
      }
    },
    also: ['M6', 'M11', 'M12', 'M13', 'M15'],
  },
  {
    name: 'says EXPIRE to one sender of several',
    fails: ['M14.each-pair'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override expiresMail(realm: Realm): void {
        const told = new Set<string>();
        const latest = performance.now() - this.expireTimeout();
        for (const [absent, box] of realm.mailboxes) {
          for (const { from } of box.filter(({ at }) => at <= latest)) {
            if (!told.has(absent)) this.expires(from, absent);
            told.add(absent);
          }
          if (told.has(absent)) realm.mailboxes.delete(absent);
        }
      }
    },
    also: ['M15'],
  },
  {
    name: 'says EXPIRE with the sender as src',
    fails: ['M14.told', 'M14.each-pair'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override written(told: Told): string {
        return super.written(told.type === 'EXPIRE' ? { ...told, src: told.dst, dst: told.src } : told);
      }
    },
    also: ['M6', 'M11', 'M12', 'M13', 'M15'],
  },
  {
    name: 'says EXPIRE, and brings the message all the same',
    fails: ['M14.not-delivered'],
    verdict: 'failed',
    also: ['M13'],
    Server: class extends HonestServer {
      readonly #late = new Map<string, Held[]>();
      override expires(from: Peer, absent: string): void {
        super.expires(from, absent);
        const told = { type: 'OFFER', src: from.id, dst: absent };
        this.#late.set(absent, [...(this.#late.get(absent) ?? []), { from, told, at: 0 }]);
      }
      override takesMail(peer: Peer): Held[] {
        return [...(this.#late.get(peer.id) ?? []), ...super.takesMail(peer)];
      }
    },
  },
  {
    name: 'says EXPIRE of what was delivered, too',
    fails: ['M14.delivered-in-time'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override takesMail(peer: Peer): Held[] {
        const held = super.takesMail(peer);
        setTimeout(
          () => this.guarded(() => held.forEach(({ from, told }) => this.expires(from, told.dst))),
          this.expireTimeout() / 2,
        );
        return held;
      }
    },
  },
  {
    name: 'counts from the first message of a mailbox',
    fails: ['M14.full-time'],
    verdict: 'loose',
    Server: class extends HonestServer {
      override holds(held: Held): void {
        const [first] = held.from.realm.mailboxes.get(held.told.dst) ?? [];
        super.holds({ ...held, at: first?.at ?? held.at });
      }
    },
  },
  {
    name: 'keeps mailboxes by id in an object that has a prototype',
    fails: ['M14.names-of-javascript'],
    verdict: 'failed',
    Server: class extends HonestServer {
      override holds(held: Held): void {
        if (!(held.told.dst in {})) super.holds(held);
      }
    },
  },
  {
    name: 'says EXPIRE to others where the sender has gone',
    fails: ['M15.sender-gone'],
    verdict: 'dangerous',
    also: ['M6', 'M11', 'M12', 'M14'],
    Server: class extends HonestServer {
      override expires(from: Peer, absent: string): void {
        if (from.realm.peers.get(from.id) === from) return super.expires(from, absent);
        for (const peer of from.realm.peers.values()) this.tells(peer, { type: 'EXPIRE', src: absent, dst: from.id });
      }
    },
  },
  {
    name: 'dies where the sender has gone',
    fails: ['M15.sender-gone'],
    verdict: 'dangerous',
    Server: class extends HonestServer {
      override expires(from: Peer, absent: string): void {
        (from.realm.peers.get(from.id) as Peer).heardAt += 0;
        super.expires(from, absent);
      }
    },
  },
];
