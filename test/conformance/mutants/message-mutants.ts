import { WebSocket } from 'ws';
import type { Frame, OutgoingFrame } from './frame.ts';
import { ConformingServer, type Peer } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** M1 to M12, M16 to M19: what becomes of what a peer sends. */
export const MESSAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'believes the src that a peer writes',
    fails: ['M1.forged-src-before', 'M1.forged-src-behind', 'M1.forged-src-escaped'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override srcOf(peer: Peer, { src }: Frame): string {
        return typeof src === 'string' ? src : peer.id;
      }
    },
  },
  {
    name: 'tells everybody what is for one',
    fails: ['M1.nobody-else'],
    verdict: 'dangerous',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, , told]: Parameters<ConformingServer['deliver']>): void {
        for (const to of from.realm.peers.values()) super.deliver(from, to, told);
      }
    },
  },
  {
    name: 'sends copies back to the sender',
    fails: ['M1.nobody-else'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, to, told]: Parameters<ConformingServer['deliver']>): void {
        super.deliver(from, to, told);
        super.deliver(from, from, told);
      }
    },
  },
  {
    name: 'delivers twice',
    fails: ['M1.once', 'M1.both-ways'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, to, told]: Parameters<ConformingServer['deliver']>): void {
        super.deliver(from, to, told);
        super.deliver(from, to, told);
      }
    },
  },
  {
    name: 'relays no ANSWER',
    fails: ['M1.answer'],
    verdict: 'failed',
    also: ['O7', 'M13'],
    Server: class extends ConformingServer {
      override dispatch(peer: Peer, frame: Frame): void {
        if (frame.type !== 'ANSWER') super.dispatch(peer, frame);
      }
    },
  },
  {
    name: 'relays no EXPIRE',
    fails: ['M6.expire-relayed'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        if (type !== 'EXPIRE') super.forward(peer, type, dst, frame);
      }
    },
  },
  {
    name: 'relays members that it does not know',
    fails: ['M1.unknown-members'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override relay(...[peer, told, frame]: Parameters<ConformingServer['relay']>): void {
        const to = this.findPeer(peer.realm, told.dst);
        if (to === undefined) return super.relay(peer, told, frame);
        to.socket.send(JSON.stringify({ ...frame.whole, src: peer.id }));
      }
    },
    also: ['M2', 'M16'],
  },
  {
    name: 'prints payloads again, and loses digits',
    fails: ['M2.same-bytes-decimals', 'M2.same-bytes-large-integer', 'M2.same-bytes-repeated-members'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override payloadOf({ whole }: Frame): string | undefined {
        return JSON.stringify(whole['payload']);
      }
    },
  },
  {
    name: 'takes a payload that is false, 0 or null for none',
    fails: ['M2.null', 'M2.false', 'M2.zero', 'M2.empty-text'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        return frame.whole['payload'] ? super.payloadOf(frame) : undefined;
      }
    },
    also: ['M17', 'M1', 'M13', 'M19'],
  },
  {
    name: 'copies payloads member by member, and loses __proto__',
    fails: ['M2.nested-proto'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        const { payload } = frame.whole;
        if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return super.payloadOf(frame);
        const copy: Record<string, unknown> = {};
        for (const [name, value] of Object.entries(payload)) copy[name] = value;
        return JSON.stringify(copy);
      }
    },
  },
  {
    name: 'prints payloads as ASCII with question marks',
    fails: ['M2.text-of-all-kinds'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        return super.payloadOf(frame)?.replaceAll(/[^\0-\x7f]/g, '?');
      }
    },
    also: ['M5', 'O7'],
  },
  {
    name: 'sends payloads as text within text',
    fails: ['M2.session', 'M2.numbers'],
    verdict: 'failed',
    also: ['M', 'O'],
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        const text = super.payloadOf(frame);
        return text === undefined || text.startsWith('"') ? text : JSON.stringify(text);
      }
    },
  },
  {
    name: 'takes the first of members that are repeated',
    fails: ['M3.last-wins'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        const frame = super.parseFrame(bytes);
        const [, first = frame?.type] = /^\{"type":"([^"\\]*)"/.exec(bytes.toString()) ?? [];
        return frame === undefined ? undefined : { ...frame, type: first };
      }
    },
  },
  {
    name: 'takes an escape for what is written, not for the character',
    fails: ['M3.escaped-values'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        const frame = super.parseFrame(bytes);
        const [, type = ''] = /"type"\s*:\s*"([^"]*)"/.exec(bytes.toString()) ?? [];
        return frame !== undefined && type.includes('\\') ? { ...frame, type } : frame;
      }
    },
  },
  {
    name: 'delivers nothing to oneself',
    fails: ['M4.to-oneself'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override deliver(...[from, to, told]: Parameters<ConformingServer['deliver']>): void {
        if (from !== to) super.deliver(from, to, told);
      }
    },
    also: ['O2', 'M8'],
  },
  {
    name: 'overlooks binary frames',
    fails: ['M5.binary'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!isBinary) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'relays as binary what came as binary',
    fails: ['M5.binary'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      #isBinary = false;
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        this.#isBinary = isBinary;
        super.handleFrame(peer, bytes, isBinary);
        this.#isBinary = false;
      }
      override send({ socket }: Peer, told: OutgoingFrame): void {
        if (socket.readyState === WebSocket.OPEN) socket.send(this.encode(told), { binary: this.#isBinary });
      }
    },
  },
  {
    name: 'reads JSON only where it begins with a brace',
    fails: ['M5.space'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        return bytes[0] === 0x7b ? super.parseFrame(bytes) : undefined;
      }
    },
  },
  {
    name: 'relays no LEAVE',
    fails: ['M6.relayed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        if (type !== 'LEAVE') super.forward(peer, type, dst, frame);
      }
    },
  },
  {
    name: 'keeps LEAVE for who is absent',
    fails: ['M6.absent', 'M6.never-expires'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        super.relay(peer, { type, src: peer.id, dst }, frame);
      }
    },
  },
  {
    name: 'takes LEAVE to another for a goodbye',
    fails: ['M6.relayed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        super.forward(peer, type, dst, frame);
        if (type === 'LEAVE') this.handleLeave(peer);
      }
    },
  },
  {
    name: 'overlooks LEAVE without dst',
    fails: ['M7.frees-no-dst', 'M7.frees-empty-dst', 'M7.frees-null-dst'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleLeave(): void {}
    },
  },
  {
    name: 'lets who has said LEAVE speak on under the id',
    fails: ['M7.nothing-from-the-grave'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleLeave(peer: Peer): void {
        this.removePeer(peer);
      }
      override isCurrentSocket(): boolean {
        return true;
      }
    },
    also: ['O5'],
  },
  {
    name: 'relays HEARTBEAT where it has a dst',
    fails: ['M8.silent'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override ignore(peer: Peer, frame: Frame): void {
        if (frame.type === 'HEARTBEAT' && typeof frame.dst === 'string') this.forward(peer, 'HEARTBEAT', frame.dst, frame);
      }
    },
  },
  {
    name: 'answers HEARTBEAT with one',
    fails: ['M8.silent'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override ignore({ socket }: Peer, { type }: Frame): void {
        if (type === 'HEARTBEAT') socket.send('{"type":"HEARTBEAT"}');
      }
    },
    also: ['*'],
  },
  {
    name: 'counts HEARTBEAT only as a sign of life',
    fails: ['M8.alive-by-candidate', 'M8.alive-by-no-dst'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        const { receivedAt, messageAt } = peer;
        super.handleFrame(peer, bytes, isBinary);
        if (this.parseFrame(bytes)?.type !== 'HEARTBEAT') Object.assign(peer, { receivedAt, messageAt });
      }
    },
  },
  {
    name: 'relays frames of any type',
    fails: ['M9.open', 'M9.small', 'M9.proto'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override ignore(peer: Peer, frame: Frame): void {
        const { type, dst } = frame;
        if (typeof type === 'string' && typeof dst === 'string' && type !== 'HEARTBEAT') this.forward(peer, type, dst, frame);
      }
    },
  },
  {
    name: 'closes who sends an unknown type',
    fails: ['M9.open', 'M9.number', 'M9.no-type'],
    verdict: 'failed',
    also: ['M8'],
    Server: class extends ConformingServer {
      override ignore({ socket }: Peer, { type }: Frame): void {
        if (type !== 'HEARTBEAT') socket.close(1008);
      }
    },
  },
  {
    name: 'dies of what is no JSON',
    fails: ['M10.word', 'M10.open-brace', 'M10.empty'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleMalformed(_peer: Peer, bytes: Buffer): void {
        JSON.parse(bytes.toString());
      }
    },
  },
  {
    name: 'dies of JSON that is null',
    fails: ['M10.null'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleMalformed(_peer: Peer, bytes: Buffer): void {
        if (bytes.toString() === 'null') throw new TypeError("Cannot read properties of null (reading 'type')");
      }
    },
  },
  {
    name: 'never hears a socket again that has sent no JSON',
    fails: ['M10.word', 'M10.number', 'M10.broken-binary'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #deaf = new WeakSet<Peer>();
      override handleMalformed(peer: Peer): void {
        this.#deaf.add(peer);
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!this.#deaf.has(peer)) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'hears nobody any more once somebody has sent no JSON',
    fails: ['M10.word', 'M10.nobody-else-notices'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      #isDeaf = false;
      override handleMalformed(): void {
        this.#isDeaf = true;
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!this.#isDeaf) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'dies of bytes that are no text',
    fails: ['M10.broken-binary'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleMalformed(peer: Peer, bytes: Buffer): void {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        super.handleMalformed(peer, bytes);
      }
    },
  },
  {
    name: 'answers what is no JSON with an ERROR to everybody',
    fails: ['M10.nobody-else-notices'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleMalformed({ realm }: Peer): void {
        for (const { socket } of realm.peers.values()) socket.send('{"type":"ERROR","payload":{"msg":"bad JSON"}}');
      }
    },
    also: ['M10'],
  },
  {
    name: 'answers what is no JSON with an ERROR',
    fails: ['M10.word', 'M10.null', 'M10.lists'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleMalformed({ socket }: Peer): void {
        socket.send('{"type":"ERROR","payload":{"msg":"bad JSON"}}');
      }
    },
  },
  {
    name: 'closes who has sent no JSON once',
    fails: ['M10.word', 'M10.null', 'M10.habit'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleMalformed({ socket }: Peer): void {
        socket.close(1003);
      }
    },
  },
  {
    name: 'keeps messages for destinations that are no text, and tells them back',
    fails: ['M11.five', 'M11.object', 'M11.list', 'M11.true'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleMissingDst(peer: Peer, { dst }: Frame): void {
        if (!dst) return;
        setTimeout(() => this.guarded(() => this.sendExpire(peer, dst as string)), this.expireTimeout());
      }
    },
  },
  {
    name: 'dies of a destination that is missing',
    fails: ['M12.no-dst'],
    verdict: 'dangerous',
    also: ['M8'],
    Server: class extends ConformingServer {
      override handleMissingDst(_peer: Peer, { dst }: Frame): void {
        void (dst as string).length;
      }
    },
  },
  {
    name: 'answers a missing destination with an ERROR',
    fails: ['M12.no-dst'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleMissingDst({ socket }: Peer): void {
        socket.send('{"type":"ERROR","payload":{"msg":"no dst"}}');
      }
    },
    also: ['M11'],
  },
  {
    name: 'buffers without bound for who reads nothing',
    fails: ['M16.reads-nothing'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override sendBufferBytes(): number {
        return Infinity;
      }
    },
  },
  {
    name: 'drops in silence what somebody does not read',
    fails: ['M16.reads-nothing'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reportUndeliverable(): void {}
    },
  },
  {
    name: 'lets a message overtake another',
    fails: ['M17.in-order', 'M17.each-sender'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      readonly #waiting = new Map<Peer, OutgoingFrame>();
      override send(peer: Peer, told: OutgoingFrame): void {
        const before = this.#waiting.get(peer);
        if (before === undefined && told.type === 'OFFER') {
          this.#waiting.set(peer, told);
          setImmediate(() => this.guarded(() => this.#brings(peer)));
          return;
        }
        super.send(peer, told);
        this.#brings(peer);
      }
      #brings(peer: Peer): void {
        const told = this.#waiting.get(peer);
        this.#waiting.delete(peer);
        if (told !== undefined) super.send(peer, told);
      }
    },
  },
  {
    name: 'lets small messages overtake large ones',
    fails: ['M17.large-and-small'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override send(peer: Peer, told: OutgoingFrame): void {
        if ((told.payload?.length ?? 0) < 10_000) super.send(peer, told);
        else setTimeout(() => this.guarded(() => super.send(peer, told)), 10);
      }
    },
  },
  {
    name: 'loses what comes while somebody comes back',
    fails: ['M17.reconnect'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #away = new WeakSet<Peer>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        this.#away.add(peer);
        setTimeout(() => this.#away.delete(peer), 50);
      }
      override send(peer: Peer, told: OutgoingFrame): void {
        if (!this.#away.has(peer)) super.send(peer, told);
      }
    },
    also: ['O5', 'O6', 'L1'],
  },
  {
    name: 'dies of a message that is too large',
    fails: ['M18.more-than-a-mebibyte'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleSocketError(_peer: Peer, error: Error): void {
        throw error;
      }
    },
    also: ['M10', 'M18'],
  },
  {
    name: 'takes messages of any size',
    fails: ['M18.beyond-limit'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override maxMessageBytes(): number {
        return 2 ** 30;
      }
    },
  },
  {
    name: 'takes half of what it says that it takes',
    fails: ['M18.within-limit'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override maxMessageBytes(): number {
        return super.maxMessageBytes() / 2;
      }
    },
    also: ['M2', 'M13', 'M16', 'M17'],
  },
  {
    name: 'has no bound for floods',
    fails: ['M19.flood', 'M19.dam'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override takeToken(): boolean {
        return true;
      }
    },
  },
  {
    name: 'charges a flood to everybody',
    fails: ['M19.charged-to-sender'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override takeToken(peer: Peer): boolean {
        const isAllowed = super.takeToken(peer);
        if (!isAllowed) for (const other of peer.realm.peers.values()) other.tokens = -Infinity;
        return isAllowed;
      }
    },
    also: ['M19'],
  },
  {
    name: 'never gives an allowance back',
    fails: ['M19.dam'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override takeToken(peer: Peer): boolean {
        peer.tokensAt = performance.now();
        return super.takeToken(peer);
      }
    },
  },
  {
    name: 'loses messages where it should only slow them down',
    fails: ['M19.dam'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override drainBacklog(peer: Peer): void {
        peer.backlog.length = 0;
      }
    },
  },
];
