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

/** Says goodbye to everybody, waits for them until the deadline, and stops. */
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
  /** How long the far ends have to go by themselves. */
  readonly closeTimeout: Millis;
  /** Over how long the goodbyes are spread, so that not everybody comes back elsewhere at once. */
  readonly spread: Millis;
}

const SLICE: Millis = 50;

/** Refuses new connections, closes the open ones with the code of a restart (1012), cuts what is left. */
export function drainNode(parts: DrainNodeParts): DrainNode {
  const { transport, admissionControl, realms, connections, performer, turns, sweeper, clock, log, closeTimeout, spread } = parts;

  return async () => {
    log.record({ event: 'draining', connections: connections.size, patience: closeTimeout });
    // Who watches over the node is told so, as long as it takes.
    admissionControl.close();
    await peersGone(clock.now() + spread + closeTimeout);
    transport.refuseNew();
    turns.run(sayGoodbye);
    await allGone();
    const cut = connections.size;
    sweeper.stop();
    await transport.stop();
    log.record({ event: 'stopped', cut });
  };

  /** Resolves when no peer is left, or at the deadline. Who stays meanwhile hears and is heard. */
  function peersGone(deadline: Millis): Promise<void> {
    const share = spread === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((peersOf(realms) * SLICE) / spread));
    return new Promise((resolve) => {
      const step = (): void => {
        turns.run(() => drain(share, true));
        if (peersOf(realms) === 0 || clock.now() >= deadline) resolve();
        else clock.wakeAt(clock.now() + SLICE, step);
      };
      step();
    });
  }

  function drain(most: number, waits: boolean): void {
    let left = most;
    for (const realm of realms.all()) {
      const decisions: Decision[] = [];
      left -= realm.drain(decisions, left, waits);
      performer.performAll(realm, decisions, clock.now());
    }
  }

  function sayGoodbye(): void {
    drain(Number.POSITIVE_INFINITY, false);
    // Those that are no peers yet, or no more.
    for (const [id] of connections.all()) connections.close(id, (dialect) => dialect.closeFrame('restarting'));
  }

  function allGone(): Promise<void> {
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
