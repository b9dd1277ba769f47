import type { Decision } from '../../domain/decision.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { Connection } from '../connection.ts';
import type { Connections } from '../connections.ts';
import type { AdmissionControl } from '../admission-control.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Transport } from '../ports/transport.ts';
import { ACTS_PER_TURN, actOnEach } from '../slices.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';

/** Closes all connections, waits until they are closed or the timeout passes, and stops the transport. */
export type DrainNode = () => Promise<void>;

export interface DrainNodeParts {
  readonly transport: Transport;
  readonly admissionControl: AdmissionControl;
  readonly realms: Realms;
  readonly connections: Connections;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
  readonly log: Log;
  /** How long clients have to close by themselves. */
  readonly closeTimeout: Millis;
  /** Undefined without direct links to other nodes. */
  readonly nodeLinks: { readonly stop: () => Promise<void> } | undefined;
  /** Over how long the closing of peers is spread, so that the other brokers do not get all reconnects at once. */
  readonly spread: Millis;
}

const SLICE: Millis = 50;

/** Refuses new connections, closes the open ones with the restart code (1012), and cuts the remaining ones after the timeout. */
export function drainNode(parts: DrainNodeParts): DrainNode {
  const { transport, admissionControl, realms, connections, turns, sweeper, clock, log, closeTimeout, spread } = parts;

  return async () => {
    log.record({ event: 'draining', connections: connections.size, patience: closeTimeout });
    // Health checks report the drain from here on.
    admissionControl.close();
    await drainPeers(clock.now() + spread + closeTimeout);
    transport.refuseNew();
    await drainRest(parts);
    // Connections that are not registered, or not registered any more.
    await onEachConnection(parts, (id) => connections.close(id, (dialect) => dialect.closeFrame('restarting')));
    await connectionsClosed();
    const cut = connections.size;
    sweeper.stop();
    await onEachConnection(parts, (_, { socket }) => socket.terminate());
    await parts.nodeLinks?.stop();
    await transport.stop();
    log.record({ event: 'stopped', cut });
  };

  /** Resolves when no peer is left, or at the deadline. Until its own close, a peer sends and receives as before. */
  function drainPeers(deadline: Millis): Promise<void> {
    const share = spread === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((peersOf(realms) * SLICE) / spread));
    return new Promise((resolve) => {
      const step = (left: number): void => {
        let marked = 0;
        turns.run(() => (marked = drainSome(parts, Math.min(left, ACTS_PER_TURN), true)));
        if (peersOf(realms) === 0 || clock.now() >= deadline) return resolve();
        const isMore = left > marked && marked === ACTS_PER_TURN;
        clock.wakeAt(clock.now() + (isMore ? 0 : SLICE), () => step(isMore ? left - marked : share));
      };
      step(share);
    });
  }

  function connectionsClosed(): Promise<void> {
    if (connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = clock.wakeAt(clock.now() + closeTimeout, resolve);
      admissionControl.whenEmpty(() => {
        deadline.cancel();
        resolve();
      });
    });
  }
}

/** @returns the number of peers that are closed, or are closed when their mailbox was delivered. */
function drainSome({ realms, performer, clock }: DrainNodeParts, max: number, waitsForMail: boolean): number {
  let left = max;
  for (const realm of realms.all()) {
    if (left <= 0) break;
    const decisions: Decision[] = [];
    left -= realm.drain(decisions, left, waitsForMail);
    performer.performAll(realm, decisions, clock.now());
  }
  return max - left;
}

/** Closes the peers that wait for their mailboxes. */
function drainRest(parts: DrainNodeParts): Promise<void> {
  const { turns, clock } = parts;
  return new Promise((resolve) => {
    const step = (): void => {
      let marked = 0;
      turns.run(() => (marked = drainSome(parts, ACTS_PER_TURN, false)));
      if (marked < ACTS_PER_TURN) resolve();
      else clock.wakeAt(clock.now(), step);
    };
    step();
  });
}

function onEachConnection(parts: DrainNodeParts, act: (id: ConnectionId, connection: Connection) => void): Promise<void> {
  return new Promise((resolve) => actOnEach(parts, parts.connections.all(), (entry) => act(...entry), resolve));
}

function peersOf(realms: Realms): number {
  return realms.all().reduce((sum, realm) => sum + realm.size, 0);
}
