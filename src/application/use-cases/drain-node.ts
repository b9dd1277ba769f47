import type { Decision } from '../../domain/decision.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { Connections } from '../connections.ts';
import type { AdmissionControl } from '../admission-control.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Transport } from '../ports/transport.ts';
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
  /** Over how long the closing of peers is spread, so that the other brokers do not get all reconnects at once. */
  readonly spread: Millis;
}

const SLICE: Millis = 50;

/** Refuses new connections, closes the open ones with the restart code (1012), and cuts the remaining ones after the timeout. */
export function drainNode(parts: DrainNodeParts): DrainNode {
  const { transport, admissionControl, realms, connections, performer, turns, sweeper, clock, log, closeTimeout, spread } = parts;

  return async () => {
    log.record({ event: 'draining', connections: connections.size, patience: closeTimeout });
    // Health checks report the drain from here on.
    admissionControl.close();
    await drainPeers(clock.now() + spread + closeTimeout);
    transport.refuseNew();
    turns.run(closeAll);
    await connectionsClosed();
    const cut = connections.size;
    sweeper.stop();
    await transport.stop();
    log.record({ event: 'stopped', cut });
  };

  /** Resolves when no peer is left, or at the deadline. Until its own close, a peer sends and receives as before. */
  function drainPeers(deadline: Millis): Promise<void> {
    const share = spread === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((peersOf(realms) * SLICE) / spread));
    return new Promise((resolve) => {
      const step = (): void => {
        turns.run(() => drainSome(share, true));
        if (peersOf(realms) === 0 || clock.now() >= deadline) resolve();
        else clock.wakeAt(clock.now() + SLICE, step);
      };
      step();
    });
  }

  function drainSome(max: number, waitsForMail: boolean): void {
    let left = max;
    for (const realm of realms.all()) {
      const decisions: Decision[] = [];
      left -= realm.drain(decisions, left, waitsForMail);
      performer.performAll(realm, decisions, clock.now());
    }
  }

  function closeAll(): void {
    drainSome(Number.POSITIVE_INFINITY, false);
    // Connections that are not registered, or not registered any more.
    for (const [id] of connections.all()) connections.close(id, (dialect) => dialect.closeFrame('restarting'));
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

function peersOf(realms: Realms): number {
  return realms.all().reduce((sum, realm) => sum + realm.size, 0);
}
