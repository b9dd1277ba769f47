import { ConformingServer, type Peer, type Realm, type Refusal, type Credentials } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** O1 to O11, O14: registration. */
export const OPENING_MUTANTS: readonly Mutant[] = [
  {
    name: 'generates missing credentials',
    fails: ['O1.no-token', 'O1.no-id', 'O1.empty-id', 'O1.empty-token'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override acceptSocket(...[socket, { key, id, token }]: Parameters<ConformingServer['acceptSocket']>): void {
        super.acceptSocket(socket, { key, id: id || this.newId(), token: token || this.newId() });
      }
    },
  },
  {
    name: 'reports missing credentials, but keeps the socket open',
    fails: ['O1.no-token', 'O1.no-query'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refuse(...[socket, refusal]: Parameters<ConformingServer['refuse']>): void {
        if (!JSON.stringify(refusal.frame).includes('No id')) return super.refuse(socket, refusal);
        socket.send(JSON.stringify(refusal.frame));
      }
    },
  },
  {
    name: 'closes refused sockets with 1000',
    fails: ['O1.code'],
    verdict: 'loose',
    also: ['O2', 'O4', 'O6', 'O7', 'A5', 'A6'],
    Server: class extends ConformingServer {
      override refuse(...[socket, { frame }]: Parameters<ConformingServer['refuse']>): void {
        super.refuse(socket, { frame, code: 1000 });
      }
    },
  },
  {
    name: 'accepts any key',
    fails: ['O2.unknown', 'O2.capitals', 'O2.proto'],
    verdict: 'dangerous',
    also: ['H4', 'O8', 'O11', 'O6', 'M21'],
    Server: class extends ConformingServer {
      override realmOf(key: string): Realm | undefined {
        return super.realmOf(key) ?? super.realmOf(this.keys[0] ?? '');
      }
    },
  },
  {
    name: 'ignores case and spaces in a key',
    fails: ['O2.capitals', 'O2.space-behind'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override realmOf(key: string): Realm | undefined {
        return super.realmOf(key.trim().toLowerCase());
      }
    },
  },
  {
    name: 'delivers across realms',
    fails: ['O2.own-realm'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override findPeer(realm: Realm, id: string): Peer | undefined {
        return super.findPeer(realm, id) ?? [...this.realms.values()].flatMap(({ peers }) => peers.get(id) ?? [])[0];
      }
    },
  },
  {
    name: 'shares mailboxes between realms',
    fails: ['O2.own-mailboxes'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): ReturnType<ConformingServer['takeMailbox']> {
        return [...this.realms.values()].flatMap((realm) => super.takeMailbox({ ...peer, realm }));
      }
    },
  },
  {
    name: 'sends no OPEN',
    fails: ['O3.open', 'O3.any-order'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override sendOpen(): void {}
    },
  },
  {
    name: 'sends OPEN twice',
    fails: ['O3.open'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override sendOpen(peer: Peer): void {
        super.sendOpen(peer);
        super.sendOpen(peer);
      }
    },
  },
  {
    name: 'rejects unknown parameters',
    fails: ['O3.further-parameters'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(...[path, headers, query]: Parameters<ConformingServer['handshakeStatus']>): number {
        return [...query.keys()].some((name) => name === 'version') ? 400 : super.handshakeStatus(path, headers, query);
      }
    },
  },
  {
    name: 'ignores tokens',
    fails: ['O4.taken', 'O4.race'],
    verdict: 'dangerous',
    also: ['O5', 'O6', 'O8', 'M7', 'L'],
    Server: class extends ConformingServer {
      override ownsId(): boolean {
        return true;
      }
    },
  },
  {
    name: 'accepts the token of a former owner',
    fails: ['O4.former-holder'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      readonly #tokens = new Set<string>();
      override sendOpen(peer: Peer): void {
        this.#tokens.add(JSON.stringify([peer.id, peer.token]));
        super.sendOpen(peer);
      }
      override ownsId(known: Peer, token: string): boolean {
        return this.#tokens.has(JSON.stringify([known.id, token]));
      }
    },
  },
  {
    name: 'compares the start of a token only',
    fails: ['O4.token-prefix'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override ownsId(known: Peer, token: string): boolean {
        return known.token.startsWith(token);
      }
    },
  },
  {
    name: 'closes without ID-TAKEN',
    fails: ['O4.taken', 'O4.token-prefix', 'O4.race'],
    verdict: 'failed',
    also: ['O5', 'O6', 'O8'],
    Server: class extends ConformingServer {
      override refuse(...[socket, refusal]: Parameters<ConformingServer['refuse']>): void {
        if (JSON.stringify(refusal.frame).includes('ID-TAKEN')) socket.close(refusal.code);
        else super.refuse(socket, refusal);
      }
    },
  },
  {
    name: 'refuses a socket with a taken id, but disconnects the owner as well',
    fails: ['O4.holder-stays'],
    verdict: 'failed',
    also: ['O5', 'O6'],
    Server: class extends ConformingServer {
      override refusalOf(who: Credentials): Refusal | undefined {
        const refusal = super.refusalOf(who);
        const holder = this.realmOf(who.key)?.peers.get(who.id);
        if (refusal !== undefined && holder !== undefined) this.handleLeave(holder);
        return refusal;
      }
    },
  },
  {
    name: 'relays a message of a refused socket',
    fails: ['O4.thief-is-mute'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override acceptSocket(...[socket, who]: Parameters<ConformingServer['acceptSocket']>): void {
        const holder = this.realmOf(who.key)?.peers.get(who.id);
        socket.on('message', (bytes: Buffer) => {
          if (holder !== undefined && holder.token !== who.token) this.guarded(() => this.handleFrame(holder, bytes, false));
        });
        super.acceptSocket(socket, who);
      }
      override refuse(...[socket, refusal]: Parameters<ConformingServer['refuse']>): void {
        setTimeout(() => this.guarded(() => super.refuse(socket, refusal)), 100);
      }
    },
  },
  {
    name: 'refuses a reconnect',
    fails: ['O5.open', 'O5.new-speaks', 'O5.often'],
    verdict: 'failed',
    also: ['H4', 'O6', 'M17', 'L1', 'M14'],
    Server: class extends ConformingServer {
      override ownsId(): boolean {
        return false;
      }
    },
  },
  {
    name: 'sends no OPEN to a reconnect',
    fails: ['O5.open'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #back = new WeakSet<Peer>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        this.#back.add(peer);
        super.reconnect(peer, socket);
      }
      override sendOpen(peer: Peer): void {
        if (!this.#back.has(peer)) super.sendOpen(peer);
      }
    },
  },
  {
    name: 'relays messages of the old socket',
    fails: ['O5.old-is-mute'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override closeSuperseded(): void {}
      override isCurrentSocket({ id, realm, ...peer }: Peer): boolean {
        return realm.peers.get(id)?.token === peer.token;
      }
    },
  },
  {
    name: 'leaves the old socket open',
    fails: ['O5.closes-old'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override closeSuperseded(): void {}
    },
  },
  {
    name: 'delivers to the old socket',
    fails: ['O5.new-hears', 'O5.often'],
    verdict: 'failed',
    also: ['O6', 'M17', 'L1'],
    Server: class extends ConformingServer {
      readonly #first = new WeakMap<Peer, Peer>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        if (!this.#first.has(peer)) this.#first.set(peer, { ...peer });
        super.reconnect(peer, socket);
      }
      override closeSuperseded(): void {}
      override send(...[peer, frame]: Parameters<ConformingServer['send']>): void {
        super.send(this.#first.get(peer) ?? peer, frame);
      }
    },
  },
  {
    name: 'frees the id when the old socket closes',
    fails: ['O5.old-leaves'],
    verdict: 'failed',
    also: ['O5', 'H4', 'O6', 'M17', 'L1'],
    Server: class extends ConformingServer {
      override handleClose(peer: Peer): void {
        this.removePeer(peer);
      }
    },
  },
  {
    name: 'exceeds the concurrent limit',
    fails: ['O6.full'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override isFull(): boolean {
        return false;
      }
    },
  },
  {
    name: 'counts disconnected peers',
    fails: ['O6.room-again'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      #count = 0;
      override addPeer(...[socket, who, realm]: Parameters<ConformingServer['addPeer']>): void {
        this.#count++;
        super.addPeer(socket, who, realm);
      }
      override isFull(): boolean {
        return this.#count >= (this.settings.concurrent_limit ?? Infinity);
      }
    },
    also: ['O6'],
  },
  {
    name: 'counts refused sockets',
    fails: ['O6.refused-take-no-room'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      #refused = 0;
      override refuse(...[socket, refusal]: Parameters<ConformingServer['refuse']>): void {
        if (!this.isFull()) this.#refused++;
        super.refuse(socket, refusal);
      }
      override peerCount(): number {
        return super.peerCount() + this.#refused;
      }
    },
  },
  {
    name: 'counts a reconnect twice',
    fails: ['O6.reconnect'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refusalOf(who: Credentials): Refusal | undefined {
        return super.refusalOf(who) ?? super.refusalOf({ ...who, id: this.newId() });
      }
    },
  },
  {
    name: 'converts ids to lower case',
    fails: ['O7.letters'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override acceptSocket(...[socket, who]: Parameters<ConformingServer['acceptSocket']>): void {
        super.acceptSocket(socket, { ...who, id: who.id.toLowerCase() });
      }
    },
    also: ['O2', 'O4', 'O5'],
  },
  {
    name: 'stores peers in an object with a prototype',
    fails: ['O7.name-proto', 'O7.name-constructor', 'O7.name-tostring'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refusalOf(who: Credentials): Refusal | undefined {
        const known: Record<string, unknown> = {};
        return known[who.id] === undefined ? super.refusalOf(who) : this.idTaken();
      }
    },
  },
  {
    name: 'decodes an escaped plus twice',
    fails: ['O7.plus'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override acceptSocket(...[socket, who]: Parameters<ConformingServer['acceptSocket']>): void {
        super.acceptSocket(socket, { ...who, id: who.id.replaceAll('+', ' ') });
      }
    },
  },
  {
    name: 'uses the first of two ids and the last of two tokens',
    fails: ['O8.id'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override parameter(query: URLSearchParams, name: string): string {
        return (name === 'id' ? query.get(name) : super.parameter(query, name)) ?? '';
      }
    },
  },
  {
    name: 'accepts handshakes at any path',
    fails: ['O9.root', 'O9.below-path', 'O9.capitals', 'O9.http-route'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(...[, headers, query]: Parameters<ConformingServer['handshakeStatus']>): number {
        return super.handshakeStatus(`${this.path}peerjs`, headers, query);
      }
    },
  },
  {
    name: 'accepts handshakes of unlisted origins',
    fails: ['O10.refuses-stranger', 'O10.refuses-opaque', 'O10.refuses-rebound'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(...[path, , query]: Parameters<ConformingServer['handshakeStatus']>): number {
        return super.handshakeStatus(path, {}, query);
      }
    },
  },
  {
    name: 'trusts the name in the Host header as its own origin',
    fails: ['O10.refuses-rebound'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override isOwnOrigin(origin: string, host = ''): boolean {
        return origin === `http://${host}`;
      }
    },
  },
  {
    name: 'refuses handshakes without an Origin header',
    fails: ['O10.no-origin'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(...[path, headers, query]: Parameters<ConformingServer['handshakeStatus']>): number {
        const { cors = [] } = this.settings;
        return headers.origin === undefined && cors.length > 0 ? 403 : super.handshakeStatus(path, headers, query);
      }
    },
    also: ['H', 'O10'],
  },
  {
    name: 'drops frames received before OPEN',
    fails: ['O14.before-open'],
    verdict: 'failed',
    also: ['M17'],
    Server: class extends ConformingServer {
      readonly #open = new WeakSet<object>();

      override greet(peer: Peer): void {
        const { socket } = peer;
        setTimeout(() => {
          this.#open.add(socket);
          super.greet(peer);
        }, 50);
      }

      override isCurrentSocket(...[peer, socket]: Parameters<ConformingServer['isCurrentSocket']>): boolean {
        return this.#open.has(socket) && super.isCurrentSocket(peer, socket);
      }
    },
  },
  {
    name: 'delivers the mailbox before OPEN',
    fails: ['O11.after-open'],
    verdict: 'failed',
    also: ['O11', 'M13', 'M14', 'M17', 'O2', 'M1'],
    Server: class extends ConformingServer {
      override greet(peer: Peer): void {
        this.deliverMailbox(peer);
        this.sendOpen(peer);
      }
    },
  },
  {
    name: 'delivers the mailbox, but keeps it',
    fails: ['O11.once'],
    verdict: 'failed',
    also: ['M14', 'M17'],
    Server: class extends ConformingServer {
      override takeMailbox({ id, realm }: Peer): ReturnType<ConformingServer['takeMailbox']> {
        return realm.mailboxes.get(id) ?? [];
      }
    },
  },
  {
    name: 'delivers the mailbox twice',
    fails: ['O11.after-open'],
    verdict: 'failed',
    also: ['O11', 'M13', 'M14', 'M17'],
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): ReturnType<ConformingServer['takeMailbox']> {
        const held = super.takeMailbox(peer);
        return [...held, ...held];
      }
    },
  },
  {
    name: 'delivers the mailbox in reverse order',
    fails: ['O11.after-open'],
    verdict: 'failed',
    also: ['M13', 'M17'],
    Server: class extends ConformingServer {
      override takeMailbox(peer: Peer): ReturnType<ConformingServer['takeMailbox']> {
        return super.takeMailbox(peer).reverse();
      }
    },
  },
  {
    name: 'delivers the mailbox to a refused socket',
    fails: ['O11.refused-hears-nothing'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override acceptSocket(...[socket, who]: Parameters<ConformingServer['acceptSocket']>): void {
        for (const { mailboxes } of this.realms.values()) {
          for (const { frame } of this.realmOf(who.key) === undefined ? (mailboxes.get(who.id) ?? []) : []) {
            socket.send(this.encode(frame));
          }
        }
        super.acceptSocket(socket, who);
      }
    },
  },
];
