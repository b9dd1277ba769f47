import { ConformingServer, type Peer } from './conforming-server.ts';
import { PatientServer } from './foreign-server.ts';
import type { Mutant } from './mutant.ts';

/** L1 to L5: liveness timeout and disconnection. */
export const LIVENESS_MUTANTS: readonly Mutant[] = [
  {
    name: 'never closes a silent peer',
    fails: ['L1.silent'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override isTimedOut(): boolean {
        return false;
      }
    },
    also: ['L3'],
  },
  {
    name: 'closes a silent peer before the liveness timeout',
    fails: ['L1.not-early'],
    verdict: 'failed',
    also: ['L5'],
    Server: class extends ConformingServer {
      override isTimedOut(peer: Peer): boolean {
        return super.isTimedOut({ ...peer, receivedAt: peer.receivedAt - (this.settings.alive_timeout ?? 0) / 2 });
      }
    },
  },
  {
    name: 'closes a silent peer long after the liveness timeout',
    fails: ['L1.not-late'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override isTimedOut(peer: Peer): boolean {
        return super.isTimedOut({ ...peer, receivedAt: peer.receivedAt + 5_000 });
      }
    },
    also: ['L1', 'L3'],
  },
  {
    name: 'closes a silent peer, but keeps its id',
    fails: ['L1.silent'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #reaped = new WeakSet<Peer>();
      override closeTimedOut(peer: Peer): void {
        this.#reaped.add(peer);
        super.closeTimedOut(peer);
      }
      override removePeer(peer: Peer): void {
        if (!this.#reaped.has(peer)) super.removePeer(peer);
      }
    },
    also: ['L1'],
  },
  {
    name: 'does not count HEARTBEAT',
    fails: ['L3.heartbeat'],
    verdict: 'dangerous',
    also: ['L1', 'M8', 'L5'],
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        const { receivedAt, messageAt } = peer;
        super.handleFrame(peer, bytes, isBinary);
        if (this.parseFrame(bytes)?.type === 'HEARTBEAT') Object.assign(peer, { receivedAt, messageAt });
      }
    },
  },
  {
    name: 'keeps the id of a disconnected peer',
    fails: ['L2.close', 'L2.cut', 'L2.reset'],
    verdict: 'failed',
    also: ['H4', 'O6', 'O11', 'L4', 'M14', 'M15', 'M16', 'M18', 'O4'],
    Server: class extends ConformingServer {
      override handleClose(): void {}
      override removeClosing(): void {}
    },
  },
  {
    name: 'keeps the id of a peer that lost its connection',
    fails: ['L2.cut', 'L2.reset', 'L2.many-cut'],
    verdict: 'failed',
    also: ['M15'],
    Server: PatientServer,
  },
  {
    name: 'announces disconnections to all peers',
    fails: ['L2.others-not-told'],
    verdict: 'failed',
    also: ['*'],
    Server: class extends ConformingServer {
      override handleClose(...[peer, socket, code]: Parameters<ConformingServer['handleClose']>): void {
        super.handleClose(peer, socket, code);
        for (const other of peer.realm.peers.values()) this.send(other, { type: 'LEAVE', src: peer.id, dst: other.id });
      }
    },
  },
  {
    name: 'does not answer pings',
    fails: ['L3.ping-answered'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override answersPings(): boolean {
        return false;
      }
    },
  },
  {
    name: 'counts a ping as a heartbeat',
    fails: ['L3.ping-is-no-heartbeat'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override attach(...[peer, socket]: Parameters<ConformingServer['attach']>): void {
        super.attach(peer, socket);
        socket.on('ping', () => this.recordActivity(peer));
      }
    },
  },
  {
    name: 'delivers to the socket of the former owner',
    fails: ['L4.heir-hears'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #first = new Map<string, Peer>();
      override addPeer(...[socket, who, realm]: Parameters<ConformingServer['addPeer']>): void {
        super.addPeer(socket, who, realm);
        const peer = realm.peers.get(who.id);
        if (peer !== undefined && !this.#first.has(who.id)) this.#first.set(who.id, peer);
      }
      override findPeer(...[realm, id]: Parameters<ConformingServer['findPeer']>): Peer | undefined {
        return super.findPeer(realm, id) === undefined ? undefined : this.#first.get(id);
      }
    },
    also: ['O11', 'L1', 'L2', 'M7', 'M14', 'O2'],
  },
  {
    name: 'sends no pings',
    fails: ['L5.hidden-tab'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override pingIfIdle(): void {}
    },
  },
];
