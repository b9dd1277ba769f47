import { WebSocket } from 'ws';
import type { Frame, OutgoingFrame } from './frame.ts';
import { ConformingServer, type Peer } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** M1 to M12, M16 to M19: invalid handling of messages. */
export const MESSAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'relays a forged src',
    fails: ['M1.forged-src-before', 'M1.forged-src-behind', 'M1.forged-src-escaped'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override srcOf(peer: Peer, { src }: Frame): string {
        return typeof src === 'string' ? src : peer.id;
      }
    },
  },
  {
    name: 'broadcasts messages',
    fails: ['M1.nobody-else'],
    verdict: 'dangerous',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, , frame]: Parameters<ConformingServer['deliver']>): void {
        for (const to of from.realm.peers.values()) super.deliver(from, to, frame);
      }
    },
  },
  {
    name: 'sends copies to the sender',
    fails: ['M1.nobody-else'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, to, frame]: Parameters<ConformingServer['deliver']>): void {
        super.deliver(from, to, frame);
        super.deliver(from, from, frame);
      }
    },
  },
  {
    name: 'delivers twice',
    fails: ['M1.once', 'M1.both-ways'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override deliver(...[from, to, frame]: Parameters<ConformingServer['deliver']>): void {
        super.deliver(from, to, frame);
        super.deliver(from, to, frame);
      }
    },
  },
  {
    name: 'does not relay ANSWER',
    fails: ['M1.answer'],
    verdict: 'failed',
    also: ['O7', 'M13', 'O11', 'M14'],
    Server: class extends ConformingServer {
      override dispatch(peer: Peer, frame: Frame): void {
        if (frame.type !== 'ANSWER') super.dispatch(peer, frame);
      }
    },
  },
  {
    name: 'does not relay EXPIRE',
    fails: ['M6.expire-relayed'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        if (type !== 'EXPIRE') super.forward(peer, type, dst, frame);
      }
    },
  },
  {
    name: 'relays unknown members',
    fails: ['M1.unknown-members'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override relay(...[peer, outgoing, frame]: Parameters<ConformingServer['relay']>): void {
        const to = this.findPeer(peer.realm, outgoing.dst);
        if (to === undefined) return super.relay(peer, outgoing, frame);
        to.socket.send(JSON.stringify({ ...frame.whole, src: peer.id }));
      }
    },
    also: ['M2', 'M16'],
  },
  {
    name: 'serializes payloads again and loses digits',
    fails: ['M2.same-bytes-decimals', 'M2.same-bytes-large-integer', 'M2.same-bytes-repeated-members'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override payloadOf({ whole }: Frame): string | undefined {
        return JSON.stringify(whole['payload']);
      }
    },
  },
  {
    name: 'drops a payload of false, 0 or null',
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
    name: 'copies payloads by member and loses __proto__',
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
    name: 'converts payloads to ASCII',
    fails: ['M2.text-of-all-kinds'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        return super.payloadOf(frame)?.replaceAll(/[^\0-\x7f]/g, '?');
      }
    },
    also: ['M5', 'O7', 'M13'],
  },
  {
    name: 'converts payloads to strings',
    fails: ['M2.session', 'M2.numbers'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        const text = super.payloadOf(frame);
        return text === undefined || text.startsWith('"') ? text : JSON.stringify(text);
      }
    },
  },
  {
    name: 'uses the first of repeated members',
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
    name: 'does not decode escapes',
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
    name: 'does not deliver to the sender itself',
    fails: ['M4.to-oneself'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override deliver(...[from, to, frame]: Parameters<ConformingServer['deliver']>): void {
        if (from !== to) super.deliver(from, to, frame);
      }
    },
    also: ['O2', 'M8'],
  },
  {
    name: 'ignores binary frames',
    fails: ['M5.binary'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!isBinary) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'relays binary frames as binary',
    fails: ['M5.binary'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      #isBinary = false;
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        this.#isBinary = isBinary;
        super.handleFrame(peer, bytes, isBinary);
        this.#isBinary = false;
      }
      override send({ socket }: Peer, frame: OutgoingFrame): void {
        if (socket.readyState === WebSocket.OPEN) socket.send(this.encode(frame), { binary: this.#isBinary });
      }
    },
  },
  {
    name: 'requires a brace as the first character',
    fails: ['M5.space'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        return bytes[0] === 0x7b ? super.parseFrame(bytes) : undefined;
      }
    },
  },
  {
    name: 'does not relay LEAVE',
    fails: ['M6.relayed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        if (type !== 'LEAVE') super.forward(peer, type, dst, frame);
      }
    },
  },
  {
    name: 'holds LEAVE for absent peers',
    fails: ['M6.absent', 'M6.never-expires'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override forward(...[peer, type, dst, frame]: Parameters<ConformingServer['forward']>): void {
        super.relay(peer, { type, src: peer.id, dst }, frame);
      }
    },
  },
  {
    name: 'treats LEAVE with a dst as LEAVE without one',
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
    name: 'ignores LEAVE without a dst',
    fails: ['M7.frees-no-dst', 'M7.frees-empty-dst', 'M7.frees-null-dst'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handleLeave(): void {}
    },
  },
  {
    name: 'relays messages after LEAVE',
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
    name: 'relays HEARTBEAT with a dst',
    fails: ['M8.silent'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override ignore(peer: Peer, frame: Frame): void {
        if (frame.type === 'HEARTBEAT' && typeof frame.dst === 'string') this.forward(peer, 'HEARTBEAT', frame.dst, frame);
      }
    },
  },
  {
    name: 'answers HEARTBEAT',
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
    name: 'counts HEARTBEAT only',
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
    name: 'relays any type',
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
    name: 'closes the socket after an unknown type',
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
    name: 'crashes on frames that are not JSON',
    fails: ['M10.word', 'M10.open-brace', 'M10.empty'],
    verdict: 'dangerous',
    also: ['M19'],
    Server: class extends ConformingServer {
      override handleMalformed(_peer: Peer, bytes: Buffer): void {
        JSON.parse(bytes.toString());
      }
    },
  },
  {
    name: 'crashes on null',
    fails: ['M10.null'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleMalformed(_peer: Peer, bytes: Buffer): void {
        if (bytes.toString() === 'null') throw new TypeError("Cannot read properties of null (reading 'type')");
      }
    },
  },
  {
    name: 'ignores a socket after a frame that is not JSON',
    fails: ['M10.word', 'M10.number', 'M10.broken-binary'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #ignored = new WeakSet<Peer>();
      override handleMalformed(peer: Peer): void {
        this.#ignored.add(peer);
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!this.#ignored.has(peer)) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'ignores all sockets after a frame that is not JSON',
    fails: ['M10.word', 'M10.nobody-else-notices'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      #ignoresAll = false;
      override handleMalformed(): void {
        this.#ignoresAll = true;
      }
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (!this.#ignoresAll) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'crashes on invalid UTF-8',
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
    name: 'broadcasts an ERROR after a frame that is not JSON',
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
    name: 'answers a frame that is not JSON with an ERROR',
    fails: ['M10.word', 'M10.null', 'M10.lists'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handleMalformed({ socket }: Peer): void {
        socket.send('{"type":"ERROR","payload":{"msg":"bad JSON"}}');
      }
    },
  },
  {
    name: 'closes the socket after one frame that is not JSON',
    fails: ['M10.word', 'M10.null', 'M10.habit'],
    verdict: 'loose',
    also: ['M19'],
    Server: class extends ConformingServer {
      override handleMalformed({ socket }: Peer): void {
        socket.close(1003);
      }
    },
  },
  {
    name: 'holds messages for a dst that is not a string',
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
    name: 'crashes on a missing dst',
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
    name: 'answers a missing dst with an ERROR',
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
    name: 'buffers without a limit for a slow reader',
    fails: ['M16.reads-nothing'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override sendBufferBytes(): number {
        return Infinity;
      }
    },
  },
  {
    name: 'drops messages for a slow reader silently',
    fails: ['M16.reads-nothing'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reportUndeliverable(): void {}
    },
  },
  {
    name: 'reorders messages',
    fails: ['M17.in-order', 'M17.each-sender'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      readonly #waiting = new Map<Peer, OutgoingFrame>();
      override send(peer: Peer, frame: OutgoingFrame): void {
        const before = this.#waiting.get(peer);
        if (before === undefined && frame.type === 'OFFER') {
          this.#waiting.set(peer, frame);
          setImmediate(() => this.guarded(() => this.#brings(peer)));
          return;
        }
        super.send(peer, frame);
        this.#brings(peer);
      }
      #brings(peer: Peer): void {
        const frame = this.#waiting.get(peer);
        this.#waiting.delete(peer);
        if (frame !== undefined) super.send(peer, frame);
      }
    },
  },
  {
    name: 'lets small messages overtake large ones',
    fails: ['M17.large-and-small'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override send(peer: Peer, frame: OutgoingFrame): void {
        if ((frame.payload?.length ?? 0) < 10_000) super.send(peer, frame);
        else setTimeout(() => this.guarded(() => super.send(peer, frame)), 10);
      }
    },
  },
  {
    name: 'loses messages during a reconnect',
    fails: ['M17.reconnect'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #away = new WeakSet<Peer>();
      override reconnect(...[peer, socket]: Parameters<ConformingServer['reconnect']>): void {
        super.reconnect(peer, socket);
        this.#away.add(peer);
        setTimeout(() => this.#away.delete(peer), 300);
      }
      override send(peer: Peer, frame: OutgoingFrame): void {
        if (!this.#away.has(peer)) super.send(peer, frame);
      }
    },
    also: ['O5', 'O6', 'L1'],
  },
  {
    name: 'crashes on an oversized message',
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
    name: 'accepts messages of any size',
    fails: ['M18.beyond-limit'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override maxMessageBytes(): number {
        return 2 ** 30;
      }
    },
  },
  {
    name: 'accepts messages of half the limit only',
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
    name: 'has no message rate limit',
    fails: ['M19.flood', 'M19.dam'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override takeToken(): boolean {
        return true;
      }
    },
  },
  {
    name: 'applies the rate limit of one peer to all',
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
    name: 'never refills the bucket',
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
    name: 'drops messages instead of pausing',
    fails: ['M19.dam'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override drainBacklog(peer: Peer): void {
        peer.backlog.length = 0;
      }
    },
  },
];
