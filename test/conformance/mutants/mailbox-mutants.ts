import type { OutgoingFrame } from './frame.ts';
import { ConformingServer, type HeldMessage, type Peer, type Realm } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** M13 to M15: messages held for absent peers. */
export const MAILBOX_MUTANTS: readonly Mutant[] = [
  {
    name: 'has no mailboxes',
    fails: ['M13.waits', 'M13.each-mailbox'],
    verdict: 'failed',
    also: ['O11', 'M14', 'M15', 'M17', 'M6', 'M11', 'M12', 'O2'],
    Server: class extends ConformingServer {
      override hold(): void {}
    },
  },
  {
    name: 'holds the last message only',
    fails: ['M13.waits'],
    verdict: 'failed',
    also: ['O11', 'M14', 'M15', 'M17'],
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        held.from.realm.mailboxes.set(held.frame.dst, [held]);
      }
    },
  },
  {
    name: 'delivers messages held for other peers',
    fails: ['M13.each-mailbox'],
    verdict: 'dangerous',
    also: ['O11'],
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): HeldMessage[] {
        const held = super.takeMailbox(peer);
        const senders = new Set(held.map(({ from }) => from));
        return [...held, ...[...peer.realm.mailboxes.values()].flat().filter(({ from }) => senders.has(from))];
      }
    },
  },
  {
    name: 'exceeds the mailbox limits',
    fails: ['M13.too-many-messages', 'M13.too-many-bytes', 'M13.too-many-mailboxes', 'M13.realm-full'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hasRoom(): boolean {
        return true;
      }
    },
  },
  {
    name: 'drops messages silently when a mailbox is full',
    fails: ['M13.too-many-messages', 'M13.too-many-bytes'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override rejectFull(): void {}
    },
  },
  {
    name: 'never sends EXPIRE',
    fails: ['M14.told', 'M14.each-pair'],
    verdict: 'failed',
    also: ['M6', 'M11', 'M12', 'M13', 'M15'],
    Server: class extends ConformingServer {
      override sendExpire(): void {}
    },
  },
  {
    name: 'sends EXPIRE immediately, but holds the message',
    fails: ['M14.not-early'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        super.hold(held);
        this.sendExpire(held.from, held.frame.dst);
      }
    },
  },
  {
    name: 'sends EXPIRE before the timeout',
    fails: ['M14.not-early'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override expireTimeout(): number {
        return super.expireTimeout() / 2;
      }
    },
    also: ['M6', 'M11', 'M12'],
  },
  {
    name: 'sends EXPIRE long after the timeout',
    fails: ['M14.not-late'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override expireTimeout(): number {
        return super.expireTimeout() + 4_000;
      }
    },
    also: ['M14', 'M6', 'M11', 'M12', 'M15'],
  },
  {
    name: 'sends EXPIRE twice',
    fails: ['M14.each-pair'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        super.sendExpire(from, absent);
        super.sendExpire(from, absent);
      }
    },
    also: ['M11', 'M12', 'M15'],
  },
  {
    name: 'sends EXPIRE for each message',
    fails: ['M14.told-once'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override expireMailboxes({ mailboxes }: Realm): void {
        for (const [absent, box] of mailboxes) {
          const old = box.filter(({ at }) => at <= performance.now() - this.expireTimeout());
          mailboxes.set(absent, box.slice(old.length));
          for (const { from } of old) this.sendExpire(from, absent);
        }
      }
    },
  },
  {
    name: 'sends EXPIRE to all peers',
    fails: ['M14.nobody-else'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        for (const peer of from.realm.peers.values()) this.send(peer, { type: 'EXPIRE', src: absent, dst: from.id });
      }
    },
    also: ['*'],
  },
  {
    name: 'sends EXPIRE to the first peer instead of the sender',
    fails: ['M14.told'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        const [first = from] = from.realm.peers.values();
        super.sendExpire(first, absent);
      }
    },
    also: ['M6', 'M11', 'M12', 'M13', 'M15', 'M16'],
  },
  {
    name: 'sends EXPIRE to only one of several senders',
    fails: ['M14.each-pair'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override expireMailboxes(realm: Realm): void {
        const frame = new Set<string>();
        const latest = performance.now() - this.expireTimeout();
        for (const [absent, box] of realm.mailboxes) {
          for (const { from } of box.filter(({ at }) => at <= latest)) {
            if (!frame.has(absent)) this.sendExpire(from, absent);
            frame.add(absent);
          }
          if (frame.has(absent)) realm.mailboxes.delete(absent);
        }
      }
    },
    also: ['M15'],
  },
  {
    name: 'sends EXPIRE with the sender as src',
    fails: ['M14.told', 'M14.each-pair'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override encode(frame: OutgoingFrame): string {
        return super.encode(frame.type === 'EXPIRE' ? { ...frame, src: frame.dst, dst: frame.src } : frame);
      }
    },
    also: ['M6', 'M11', 'M12', 'M13', 'M15', 'M16'],
  },
  {
    name: 'sends EXPIRE, but delivers the message later',
    fails: ['M14.not-delivered'],
    verdict: 'failed',
    also: ['M13'],
    Server: class extends ConformingServer {
      readonly #late = new Map<string, HeldMessage[]>();
      override sendExpire(from: Peer, absent: string): void {
        super.sendExpire(from, absent);
        const frame = { type: 'OFFER', src: from.id, dst: absent };
        this.#late.set(absent, [...(this.#late.get(absent) ?? []), { from, frame, at: 0 }]);
      }
      override takeMailbox(peer: Peer): HeldMessage[] {
        return [...(this.#late.get(peer.id) ?? []), ...super.takeMailbox(peer)];
      }
    },
  },
  {
    name: 'sends EXPIRE for a delivered message',
    fails: ['M14.delivered-in-time'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): HeldMessage[] {
        const held = super.takeMailbox(peer);
        setTimeout(
          () => this.guarded(() => held.forEach(({ from, frame }) => this.sendExpire(from, frame.dst))),
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
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        const [first] = held.from.realm.mailboxes.get(held.frame.dst) ?? [];
        super.hold({ ...held, at: first?.at ?? held.at });
      }
    },
  },
  {
    name: 'stores mailboxes in an object with a prototype',
    fails: ['M14.names-of-javascript'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        if (!(held.frame.dst in {})) super.hold(held);
      }
    },
  },
  {
    name: 'sends EXPIRE to other peers if the sender has disconnected',
    fails: ['M15.sender-gone'],
    verdict: 'dangerous',
    also: ['M6', 'M11', 'M12', 'M14', 'M16'],
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        if (from.realm.peers.get(from.id) === from) return super.sendExpire(from, absent);
        for (const peer of from.realm.peers.values()) this.send(peer, { type: 'EXPIRE', src: absent, dst: from.id });
      }
    },
  },
  {
    name: 'crashes if the sender has disconnected',
    fails: ['M15.sender-gone'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        (from.realm.peers.get(from.id) as Peer).receivedAt += 0;
        super.sendExpire(from, absent);
      }
    },
  },
];
