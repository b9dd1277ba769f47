import type { WebSocket } from 'ws';
import type { Reply } from './conforming-http.ts';
import { ConformingServer, type Peer } from './conforming-server.ts';
import type { Frame, OutgoingFrame } from './frame.ts';
import type { Mutant } from './mutant.ts';

const SLOW_CLOSE_MS = 300;

/** Faults of ports of `peer` to other languages and libraries. */
export const PORT_MUTANTS: readonly Mutant[] = [
  {
    name: 'lets caches keep ids',
    fails: ['H2.not-cached'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override idFor(key: string): Reply {
        const { headers, ...reply } = super.idFor(key);
        return { ...reply, headers: { ...headers, 'cache-control': 'public, max-age=3600' } };
      }
    },
  },
  {
    name: 'removes the peer when a superseded socket sends LEAVE',
    fails: ['O5.old-says-leave'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override attach(peer: Peer, socket: WebSocket): void {
        super.attach(peer, socket);
        socket.on('message', (bytes: Buffer) => {
          if (peer.socket !== socket && this.parseFrame(bytes)?.type === 'LEAVE') this.removePeer(peer);
        });
      }
      override closeSuperseded(old: WebSocket): void {
        setTimeout(() => super.closeSuperseded(old), SLOW_CLOSE_MS);
      }
    },
  },
  {
    name: 'sends messages for * to all peers',
    fails: ['M1.no-wildcard'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override relay(peer: Peer, outgoing: OutgoingFrame, frame: Frame): void {
        if (outgoing.dst !== '*') return super.relay(peer, outgoing, frame);
        for (const to of peer.realm.peers.values()) if (to !== peer) this.send(to, { ...outgoing, dst: to.id });
      }
    },
  },
];
