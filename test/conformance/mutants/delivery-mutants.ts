import { WebSocket } from 'ws';
import { ConformingServer, type HeldMessage, type Peer, type Realm } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

const ORDER = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE'];

/** O11, M13 to M19, L1 to L3: mail, notices, last bytes, limits, and signs of life. */
export const DELIVERY_MUTANTS: readonly Mutant[] = [
  {
    name: 'sorts held messages by type',
    fails: ['O11.any-order'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): HeldMessage[] {
        return super.takeMailbox(peer).sort((one, other) => ORDER.indexOf(one.frame.type) - ORDER.indexOf(other.frame.type));
      }
    },
  },
  {
    name: 'drops held messages when their sender leaves',
    fails: ['O11.sender-has-left'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override removePeer(peer: Peer): void {
        super.removePeer(peer);
        for (const [id, box] of peer.realm.mailboxes) {
          peer.realm.mailboxes.set(
            id,
            box.filter(({ from }) => from !== peer),
          );
        }
      }
    },
  },
  ...(
    [
      ['M14.told-candidate', 'CANDIDATE'],
      ['M14.told-answer', 'ANSWER'],
    ] as const
  ).map(([id, type]): Mutant => ({
    name: `sends no EXPIRE for ${type}`,
    fails: [id],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override needsExpire({ frame }: HeldMessage): boolean {
        return frame.type !== type;
      }
    },
  })),
  {
    name: 'sends EXPIRE once for each type',
    fails: ['M14.told-once'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override expireMailboxes({ mailboxes }: Realm): void {
        const latest = performance.now() - this.expireTimeout();
        for (const [absent, box] of mailboxes) {
          const old = box.filter(({ at }) => at <= latest);
          mailboxes.set(
            absent,
            box.filter(({ at }) => at > latest),
          );
          const told = new Map<Peer, Set<string>>();
          for (const { from, frame } of old) {
            const types = told.get(from) ?? new Set();
            told.set(from, types);
            if (!types.has(frame.type)) this.sendExpire(from, absent);
            types.add(frame.type);
          }
        }
      }
    },
  },
  {
    name: 'sends EXPIRE to the forged src',
    fails: ['M14.forged-src'],
    verdict: 'dangerous',
    also: ['M1'],
    Server: class extends ConformingServer {
      override relay(...[peer, outgoing, frame]: Parameters<ConformingServer['relay']>): void {
        const forged = typeof frame.src === 'string' ? this.findPeer(peer.realm, frame.src) : undefined;
        super.relay(this.findPeer(peer.realm, outgoing.dst) === undefined ? (forged ?? peer) : peer, outgoing, frame);
      }
    },
  },
  {
    name: 'stops a sweep at the first young mailbox',
    fails: ['M14.young-before-old'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #order = new Set<string>();
      override hold(held: HeldMessage): void {
        this.#order.add(held.frame.dst);
        super.hold(held);
      }
      override expireMailboxes(realm: Realm): void {
        const latest = performance.now() - this.expireTimeout();
        const all = new Map(realm.mailboxes);
        realm.mailboxes.clear();
        for (const id of this.#order) {
          const box = all.get(id);
          if (box?.some(({ at }) => at > latest) === true && box.every(({ at }) => at > latest)) break;
          all.delete(id);
          if (box !== undefined) realm.mailboxes.set(id, box);
        }
        super.expireMailboxes(realm);
        for (const [id, box] of all) realm.mailboxes.set(id, box);
      }
    },
    also: ['M11', 'M15'],
  },
  {
    name: 'counts from the last message of a mailbox',
    fails: ['M14.own-age'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hold(held: HeldMessage): void {
        super.hold(held);
        const { mailboxes } = held.from.realm;
        const box = mailboxes.get(held.frame.dst) ?? [];
        mailboxes.set(
          held.frame.dst,
          box.map((one) => ({ ...one, at: held.at })),
        );
      }
    },
  },
  {
    name: 'forgets messages of a sender that reconnects',
    fails: ['M14.after-sender-returns'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        for (const [id, box] of peer.realm.mailboxes) {
          peer.realm.mailboxes.set(
            id,
            box.filter(({ from }) => from !== peer),
          );
        }
      }
    },
  },
  {
    name: 'sends EXPIRE to any peer with the id of the sender',
    fails: ['M15.heir'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override sendExpire(from: Peer, absent: string): void {
        const holder = this.findPeer(from.realm, from.id);
        if (holder !== undefined) this.send(holder, { type: 'EXPIRE', src: absent, dst: from.id });
      }
    },
  },
  {
    name: 'loses messages to a closing socket',
    fails: ['M16.closing'],
    verdict: 'failed',
    also: ['L2'],
    Server: class extends ConformingServer {
      override findPeer(realm: Realm, id: string): Peer | undefined {
        return realm.peers.get(id);
      }
      override removeClosing(): void {}
    },
  },
  {
    name: 'keeps the id of a closing socket',
    fails: ['L2.close-frame-frees'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override removeClosing(): void {}
      override findPeer(realm: Realm, id: string): Peer | undefined {
        const peer = realm.peers.get(id);
        return peer?.socket.readyState === WebSocket.OPEN ? peer : undefined;
      }
    },
    also: ['M16'],
  },
  {
    name: 'drops frames that arrive with the close frame',
    fails: ['M17.before-close'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        const { socket } = peer;
        setImmediate(() => {
          if (socket.readyState === WebSocket.OPEN) this.guarded(() => super.handleFrame(peer, bytes, isBinary));
        });
      }
    },
    also: ['M17', 'M19', 'M7'],
  },
  {
    name: 'drops frames of a connection that has ended',
    fails: ['M17.before-end'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        setTimeout(() => {
          if (peer.realm.peers.get(peer.id) === peer) this.guarded(() => super.handleFrame(peer, bytes, isBinary));
        }, 5);
      }
    },
    also: ['M17', 'M19', 'M7', 'M18'],
  },
  {
    name: 'limits single fragments only',
    fails: ['M18.fragments'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override maxMessageBytes(): number {
        return 2 ** 30;
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        // Only a message in fragments of this suite has no members behind its text.
        const isInFragments = bytes.subarray(-2).toString() === '"}' && bytes.includes('xxxx');
        if (bytes.length > super.maxMessageBytes() && !isInFragments) return peer.socket.close(1009);
        super.handleFrame(peer, bytes, isBinary);
      }
    },
    also: ['M18'],
  },
  {
    name: 'limits characters instead of bytes',
    fails: ['M18.counts-bytes'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override maxMessageBytes(): number {
        return 2 ** 30;
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (bytes.toString().length > super.maxMessageBytes()) return peer.socket.close(1009);
        super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'limits mailboxes by characters instead of bytes',
    fails: ['M13.counts-bytes'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hasRoom(...[from, frame]: Parameters<ConformingServer['hasRoom']>): boolean {
        return super.hasRoom(from, { ...frame, payload: frame.payload?.replaceAll(/[^\0-\x7f]/g, '?') });
      }
    },
  },
  ...(
    [
      ['binary frames', 'M19.flood-binary', (_: Buffer, isBinary: boolean) => isBinary],
      ['malformed frames', 'M19.flood-malformed', (bytes: Buffer) => bytes.length === 1],
      ['unknown types', 'M19.flood-unknown-type', (bytes: Buffer) => bytes.includes('UNKNOWN')],
    ] as const
  ).map(([what, id, isFree]): Mutant => ({
    name: `does not count ${what}`,
    fails: [id],
    verdict: 'failed',
    also: ['M10'],
    Server: class extends ConformingServer {
      override applyRateLimit(peer: Peer, bytes: Buffer, isBinary: boolean): void {
        if (isFree(bytes, isBinary)) this.recordActivity(peer);
        else super.applyRateLimit(peer, bytes, isBinary);
      }
    },
  })),
  {
    name: 'counts written messages as signs of life',
    fails: ['L1.written-to'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override deliver(...[from, to, frame]: Parameters<ConformingServer['deliver']>): void {
        this.recordActivity(to);
        super.deliver(from, to, frame);
      }
    },
  },
  {
    name: 'does not count a reconnect as a sign of life',
    fails: ['L1.reconnected'],
    verdict: 'failed',
    also: ['L1', 'L5'],
    Server: class extends ConformingServer {
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        const { receivedAt, messageAt } = peer;
        super.reconnect(peer, socket);
        Object.assign(peer, { receivedAt, messageAt });
      }
      override pingIfIdle(): void {}
    },
  },
  {
    name: 'sends pongs without the data of the ping',
    fails: ['L3.pong-data'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override answersPings(): boolean {
        return false;
      }
      override attach(...[peer, socket]: Parameters<ConformingServer['attach']>): void {
        super.attach(peer, socket);
        socket.on('ping', () => socket.pong());
      }
    },
  },
];
