import { WebSocket } from 'ws';
import {
  ConformingServer,
  type Credentials,
  type HeldMessage,
  type Peer,
  type Realm,
  type Refusal,
} from './conforming-server.ts';
import type { OutgoingFrame } from './frame.ts';
import type { Mutant } from './mutant.ts';

/** Can tell the peers with which a peer has exchanged messages that it has left, as some servers do. */
class AnnouncingServer extends ConformingServer {
  readonly #partners = new WeakMap<Peer, Set<Peer>>();

  override deliver(...[from, to, frame]: Parameters<ConformingServer['deliver']>): void {
    this.#partners.set(from, (this.#partners.get(from) ?? new Set<Peer>()).add(to));
    this.#partners.set(to, (this.#partners.get(to) ?? new Set<Peer>()).add(from));
    super.deliver(from, to, frame);
  }

  announce(peer: Peer): void {
    for (const other of this.#partners.get(peer) ?? []) {
      if (other !== peer) this.send(other, { type: 'LEAVE', src: peer.id, dst: other.id });
    }
  }
}

/** A server that changes the EXPIRE frames. */
function expiring(changed: (frame: OutgoingFrame) => object): Mutant['Server'] {
  return class extends ConformingServer {
    override encode(frame: OutgoingFrame): string {
      return frame.type === 'EXPIRE' ? JSON.stringify(changed(frame)) : super.encode(frame);
    }
  };
}

/** A server whose mailboxes belong to a changed id. */
function holdingFor(normalized: (id: string) => string): Mutant['Server'] {
  return class extends ConformingServer {
    override hold(held: HeldMessage): void {
      const { mailboxes } = held.from.realm;
      const id = normalized(held.frame.dst);
      mailboxes.set(id, [...(mailboxes.get(id) ?? []), held]);
    }
    override takeMailbox(peer: Peer): HeldMessage[] {
      const id = normalized(peer.id);
      const held = peer.realm.mailboxes.get(id) ?? [];
      peer.realm.mailboxes.delete(id);
      return held;
    }
  };
}

/** O5, O11, M7, M13 to M15, M17, L1, L2, L5: departures, notices and held messages. */
export const DEPARTURE_MUTANTS: readonly Mutant[] = [
  {
    name: 'announces lost connections',
    fails: ['L2.others-not-told-lost'],
    verdict: 'failed',
    also: ['M15'],
    Server: class extends AnnouncingServer {
      override handleClose(...[peer, socket, code]: Parameters<ConformingServer['handleClose']>): void {
        super.handleClose(peer, socket, code);
        if (code === 1006 && peer.socket === socket) this.announce(peer);
      }
    },
  },
  {
    name: 'announces LEAVE without a dst',
    fails: ['M7.others-not-told'],
    verdict: 'failed',
    Server: class extends AnnouncingServer {
      override handleLeave(peer: Peer): void {
        super.handleLeave(peer);
        this.announce(peer);
      }
    },
  },
  {
    name: 'announces silent peers',
    fails: ['L1.others-not-told'],
    verdict: 'failed',
    also: ['L3'],
    Server: class extends AnnouncingServer {
      override closeTimedOut(peer: Peer): void {
        super.closeTimedOut(peer);
        this.announce(peer);
      }
    },
  },
  {
    name: 'announces reconnects',
    fails: ['O5.others-not-told'],
    verdict: 'failed',
    Server: class extends AnnouncingServer {
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        this.announce(peer);
      }
    },
    also: ['L1', 'M17'],
  },
  {
    name: 'delivers to both sockets after a reconnect',
    fails: ['O5.new-hears'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #old = new WeakMap<Peer, WebSocket>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        const { socket: old } = peer;
        super.reconnect(peer, socket);
        this.#old.set(peer, old);
      }
      override closeSuperseded(): void {}
      override send(peer: Peer, frame: OutgoingFrame): void {
        super.send(peer, frame);
        const old = this.#old.get(peer);
        if (old?.readyState === WebSocket.OPEN) old.send(this.encode(frame));
      }
    },
    also: ['M17'],
  },
  {
    name: 'closes a new socket when the liveness timeout of the old one ends',
    fails: ['L1.old-socket'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        setTimeout(() => this.guarded(() => this.closeTimedOut(peer)), this.aliveTimeout());
      }
    },
  },
  {
    name: 'sends EXPIRE without a dst',
    fails: ['M14.told'],
    verdict: 'failed',
    also: ['M12', 'M13', 'M15'],
    Server: expiring(({ type, src }) => ({ type, src })),
  },
  {
    name: 'sends EXPIRE with the absent peer as dst',
    fails: ['M14.told'],
    verdict: 'failed',
    also: ['M12', 'M13', 'M15'],
    Server: expiring(({ type, src }) => ({ type, src, dst: src })),
  },
  {
    name: 'sends EXPIRE with a payload',
    fails: ['M14.told'],
    verdict: 'failed',
    also: ['M12', 'M13', 'M15'],
    Server: expiring((frame) => ({ ...frame, payload: { msg: 'expired' } })),
  },
  {
    name: 'sends EXPIRE for OFFER only',
    fails: ['M14.told-answer', 'M14.told-candidate'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override needsExpire({ frame }: HeldMessage): boolean {
        return frame.type === 'OFFER';
      }
    },
  },
  {
    name: 'sends EXPIRE again in each sweep',
    fails: ['M14.not-again'],
    verdict: 'failed',
    also: ['M6', 'M11', 'M12', 'M15'],
    Server: class extends ConformingServer {
      readonly #notices: (readonly [from: Peer, absent: string])[] = [];
      override sweep(): void {
        for (const [from, absent] of this.#notices) super.sendExpire(from, absent);
        super.sweep();
      }
      override sendExpire(from: Peer, absent: string): void {
        this.#notices.push([from, absent]);
        super.sendExpire(from, absent);
      }
    },
  },
  {
    name: 'counts from the last message of the same sender',
    fails: ['M14.own-age-one-sender'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        super.hold(held);
        const { mailboxes } = held.from.realm;
        const box = mailboxes.get(held.frame.dst) ?? [];
        mailboxes.set(
          held.frame.dst,
          box.map((one) => (one.from === held.from ? { ...one, at: held.at } : one)),
        );
      }
    },
  },
  {
    name: 'stops a sweep at a message whose sender has left',
    fails: ['M15.sender-gone'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override expireMailboxes(realm: Realm): void {
        const latest = performance.now() - this.expireTimeout();
        for (const [absent, box] of realm.mailboxes) {
          for (const held of box.filter(({ at }) => at <= latest)) {
            if (realm.peers.get(held.from.id) !== held.from) return;
            this.sendExpire(held.from, absent);
          }
          const young = box.filter(({ at }) => at > latest);
          if (young.length === 0) realm.mailboxes.delete(absent);
          else realm.mailboxes.set(absent, young);
        }
      }
    },
    also: ['M6', 'M11', 'M12', 'M14', 'M16'],
  },
  {
    name: 'holds OFFER only',
    fails: ['M13.waits'],
    verdict: 'failed',
    also: ['M14', 'O11'],
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        if (held.frame.type === 'OFFER') super.hold(held);
      }
    },
  },
  {
    name: 'holds the last ten messages',
    fails: ['M17.mailbox'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        super.hold(held);
        const { mailboxes } = held.from.realm;
        mailboxes.set(held.frame.dst, (mailboxes.get(held.frame.dst) ?? []).slice(-10));
      }
    },
  },
  {
    name: 'holds messages by the id in lower case',
    fails: ['M13.distinct-capitals'],
    verdict: 'dangerous',
    Server: holdingFor((id) => id.toLowerCase()),
  },
  {
    name: 'holds messages by the trimmed id',
    fails: ['M13.distinct-space-behind'],
    verdict: 'dangerous',
    Server: holdingFor((id) => id.trim()),
  },
  {
    name: 'empties the mailbox when a socket with its id is refused',
    fails: ['O11.refused-hears-nothing'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refusalOf(who: Credentials): Refusal | undefined {
        const refusal = super.refusalOf(who);
        if (refusal !== undefined) for (const { mailboxes } of this.realms.values()) mailboxes.delete(who.id);
        return refusal;
      }
    },
  },
  {
    name: 'does not deliver held messages of a sender that has reconnected',
    fails: ['O11.sender-returns'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #returned = new WeakSet<Peer>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        this.#returned.add(peer);
      }
      override takeMailbox(peer: Peer): HeldMessage[] {
        return super.takeMailbox(peer).filter(({ from }) => !this.#returned.has(from));
      }
    },
  },
  {
    name: 'pings with a message',
    fails: ['L5.no-messages'],
    verdict: 'loose',
    also: ['L5', 'L1'],
    Server: class extends ConformingServer {
      override pingIfIdle({ receivedAt, socket }: Peer): void {
        const isIdle = performance.now() - receivedAt >= this.aliveTimeout() / 2;
        if (isIdle && socket.readyState === WebSocket.OPEN) socket.send('{"type":"PING"}');
      }
    },
  },
];
