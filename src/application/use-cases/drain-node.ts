import type { Decision } from '../../domain/decision.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Millis } from '../../domain/time.ts';
import type { Connections } from '../connections.ts';
import type { Doorkeeper } from '../doorkeeper.ts';
import type { Performer } from '../perform.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Transport } from '../ports/transport.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';

/** Says goodbye to everybody, waits for them until the deadline, and stops. */
export type DrainNode = () => Promise<void>;

export interface DrainNodeParts {
  readonly transport: Transport;
  readonly doorkeeper: Doorkeeper;
  readonly realms: Realms;
  readonly connections: Connections;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly sweeper: Sweeper;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the far ends have to go by themselves. */
  readonly patience: Millis;
}

/** Refuses new connections, closes the open ones with the code of a restart (1012), cuts what is left. */
export function drainNode(parts: DrainNodeParts): DrainNode {
  const { transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log, patience } = parts;

  return async () => {
    log.record({ event: 'draining', connections: connections.size, patience });
    doorkeeper.close();
    transport.refuseNew();
    turns.run(sayGoodbye);
    await allGone();
    const cut = connections.size;
    sweeper.stop();
    await transport.stop();
    log.record({ event: 'stopped', cut });
  };

  function sayGoodbye(): void {
    const now = clock.now();
    for (const realm of realms.all()) {
      const decisions: Decision[] = [];
      realm.drain(decisions);
      performer.performAll(realm, decisions, now);
    }
    // Those that are no peers yet, or no more.
    for (const [id] of connections.all()) connections.part(id, (dialect) => dialect.farewell('restarting'));
  }

  function allGone(): Promise<void> {
    if (connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = clock.wakeAt(clock.now() + patience, resolve);
      doorkeeper.whenEmpty(() => {
        deadline.cancel();
        resolve();
      });
    });
  }
}
