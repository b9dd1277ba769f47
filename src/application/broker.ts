import type { ConnectionId } from '../domain/ids.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { ActivityMeter } from './activity-meter.ts';
import type { Connections } from './connections.ts';
import type { Membership } from './membership.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { AdminServices } from './ports/admin-listener.ts';
import type { Clock } from './ports/clock.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { Log } from './ports/log.ts';
import type { Socket, WriteOutcome } from './ports/socket.ts';
import type { Operations } from './ports/operations.ts';
import { ListenError, type Gateway, type ListeningAddress, type Transport } from './ports/transport.ts';
import type { Probes } from './probes.ts';
import type { Sweeper } from './sweeper.ts';
import type { DrainNode } from './use-cases/drain-node.ts';
import type { SweepExpired } from './use-cases/sweep-expired.ts';

export interface BrokerParts {
  readonly transport: Transport;
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly sweeper: Sweeper;
  readonly sweepExpired: SweepExpired;
  readonly membership: Membership;
  readonly mailboxes: MailboxStore;
  /** Milliseconds since 1970, for state that outlives the process. */
  readonly unixTime: () => number;
  readonly drainNode: DrainNode;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly log: Log;
  readonly operations: Operations;
  readonly meter: ActivityMeter;
  readonly probes: Probes;
}

/** The interface for the library and the command line. */
export class Broker {
  readonly #parts: BrokerParts;
  #closing: Promise<void> | undefined = undefined;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    parts.sweeper.onWake(parts.sweepExpired);
  }

  /** Starts accepting connections. @throws ListenError, after closing everything that was opened. */
  async listen(): Promise<ListeningAddress> {
    const { transport, gateway, membership, mailboxes, sweeper, log } = this.#parts;
    // Without a promise there is no turn between the call and the listening transport.
    const opening = this.#openMailboxes();
    if (opening !== undefined) await opening;
    // M24: messages of an earlier process expire, also if no message follows.
    sweeper.schedule(mailboxes.nextDeadline());
    membership.start();
    let address: ListeningAddress;
    try {
      address = await transport.listen(gateway);
    } catch (error) {
      await membership.stop();
      await mailboxes.close?.();
      throw error;
    }
    log.record({ event: 'listening', address, transport: transport.name });
    return address;
  }

  /** The port of operators. */
  get operations(): Operations {
    return this.#parts.operations;
  }

  /** The services of this node for an admin listener. Starts to measure rates (ADM7). */
  adminServices(): Pick<AdminServices, 'operations' | 'now' | 'onSecond' | 'probe'> {
    const { operations, clock, meter, probes } = this.#parts;
    meter.start();
    return {
      operations,
      now: () => clock.now(),
      onSecond: (listener) => meter.onSecond(listener),
      probe: (method, path) => probes.answer({ method, path }),
    };
  }

  /** H12: reloads the certificate for new connections, and logs the result. */
  reloadCertificate(): void {
    const { transport, log } = this.#parts;
    try {
      transport.reloadCertificate();
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      return log.record({ event: 'certificate-refused', detail: error.message });
    }
    log.record({ event: 'certificate-reloaded' });
  }

  /** Sends a text of the embedding program to one connection. The text must be valid in the dialect of the connection. */
  send(connection: ConnectionId, text: Uint8Array): WriteOutcome {
    return this.#parts.connections.sendText(connection, text);
  }

  /** The socket of a connection; undefined when the connection has ended. */
  socketOf(connection: ConnectionId): Socket | undefined {
    return this.#parts.connections.find(connection)?.socket;
  }

  /** Time since the last frame of a peer. */
  idleTimeOf(session: Session): Millis {
    return session.realm.liveness.idleTimeOf(session, this.#parts.clock.now());
  }

  /** Closes one connection for the embedding program. The gateway reports `closed` as for any other connection. */
  closeConnection(connection: ConnectionId, code: number, why: string): void {
    this.#parts.connections.closeWithoutFrame(connection, code, why);
  }

  /** Drains and stops; resolves when every connection is closed. A second call returns the promise of the first. */
  close(): Promise<void> {
    const { drainNode, authorizer, meter } = this.#parts;
    this.#closing ??= drainNode().then(() => {
      meter.stop();
      authorizer.close?.();
      return this.#stop();
    });
    return this.#closing;
  }

  async #stop(): Promise<void> {
    const { membership, mailboxes } = this.#parts;
    await membership.stop();
    await mailboxes.close?.();
  }

  #openMailboxes(): Promise<void> | undefined {
    const { mailboxes, clock, unixTime } = this.#parts;
    try {
      return mailboxes.start?.({ now: () => clock.now(), unixTime })?.catch(failMailboxes);
    } catch (error) {
      return failMailboxes(error);
    }
  }
}

function failMailboxes(error: unknown): never {
  const detail = error instanceof Error ? error.message : String(error);
  throw new ListenError({ reason: 'mailboxes-unavailable', detail }, `the mailbox store can not start: ${detail}`);
}
