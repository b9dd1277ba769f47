import type { Decision } from '../domain/decision.ts';
import { impossible } from '../domain/invariant.ts';
import type { NodeId } from '../domain/ids.ts';
import type { Realm, RealmSession } from '../domain/realm.ts';
import type { Realms } from '../domain/realms.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import type { BanSync } from './ban-sync.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { NodeLinks } from './node-links.ts';
import type { Performer } from './performer.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { NodeBus, BusMessage, BusPublication } from './ports/node-bus.ts';
import type { PeerDirectory, SupersededClaim } from './ports/peer-directory.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { PresenceSync } from './presence-sync.ts';
import type { RecentReleases } from './recent-releases.ts';
import { actOnEach } from './slices.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

export interface MembershipParts {
  readonly node: NodeId;
  readonly realms: Realms;
  readonly directory: PeerDirectory;
  readonly releases: RecentReleases;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  readonly performer: Performer;
  readonly sweeper: Sweeper;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly fence: LeaseFence;
  /** ADM15. */
  readonly exchange: NodeExchange;
  /** T20. */
  readonly presenceSync: PresenceSync;
  readonly banSync: BanSync;
  /** Undefined without direct links to other nodes. */
  readonly nodeLinks: NodeLinks | undefined;
  /** M14: how long a message is held. */
  readonly expireTimeout: Millis;
}

/** Renewals in the time of one lease, so that a lease survives two lost renewals. */
const RENEWALS_PER_LEASE = 3;

const POLLS_PER_TIMEOUT = 2;

/** Every claim is verified once in this many renewals, in case a `superseded` notification was lost with its sender. */
const RENEWALS_PER_ROUND = 60;

/**
 * Makes this node a member of the cluster: renews its lease, receives bus messages, polls for held messages in case a bus message
 * was lost, and closes sessions whose claims were lost. Inactive on a single node.
 */
export class Membership {
  readonly #parts: MembershipParts;
  #wakeup: Wakeup | undefined;
  #poll: Wakeup | undefined;
  /** Sessions whose claims are still to be confirmed in this round. */
  #round: RealmSession[] = [];
  #batchSize = 0;
  /** Renewals that have reported the end of the lease, and whose claims are not confirmed yet. */
  #confirmingAtRisk = 0;
  /** When the latest renewal was requested that the engine has done. */
  #renewedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  start(): void {
    const { bus, turns } = this.#parts;
    bus.listen({
      onMessage: (message) => turns.run(() => this.#receive(message)),
      onMessagesLost: () => this.#reconnected(),
    });
    this.#parts.nodeLinks?.start();
    this.#parts.banSync.sync();
    this.#renewRegularly();
    this.#schedulePoll();
  }

  /** Claims are released when their connections close; the others expire with the lease. */
  async stop(): Promise<void> {
    this.#wakeup?.cancel();
    this.#poll?.cancel();
    await this.#parts.nodeLinks?.stop();
    this.#parts.presenceSync.stop();
    await this.#parts.bus.close();
  }

  /** The engine may have lost its last writes, if another server has taken over. */
  #reconnected(): void {
    this.#parts.fence.engineReachable();
    this.#parts.releases.repeat();
    this.#parts.presenceSync.messagesLost();
    this.#parts.banSync.sync();
    this.#renew(() => this.#confirmAll(false));
  }

  #renewRegularly(): void {
    const { directory, sweeper, clock, bus, fence } = this.#parts;
    if (directory.lease === NEVER) return;
    if (!bus.isReachable) fence.engineUnreachable();
    this.#wakeup = clock.wakeAt(clock.now() + directory.lease / RENEWALS_PER_LEASE, () => this.#renewRegularly());
    this.#renew(() => this.#confirmSome());
    // Another node may have banned a client while this node was cut off.
    this.#parts.banSync.sync();
    // Another node must expire the messages that a failed node had stored.
    sweeper.schedule(clock.now());
  }

  /**
   * M14: polls more often than the lease is renewed if the lease is long, so that no message expires because a bus message was
   * lost.
   */
  #schedulePoll(): void {
    const { directory, clock, expireTimeout } = this.#parts;
    const interval = expireTimeout / POLLS_PER_TIMEOUT;
    if (directory.lease === NEVER || interval >= directory.lease / RENEWALS_PER_LEASE) return;
    this.#poll = clock.wakeAt(clock.now() + interval, () => {
      this.#pollMailboxes();
      this.#schedulePoll();
    });
  }

  /** O5: also closes the sessions whose claims have moved, if their notifications were lost. @param onKept see `RenewOutcome`. */
  #renew(onKept: () => void): void {
    const { node, directory, clock, fence, turns, telemetry } = this.#parts;
    const requestedAt = clock.now();
    const start = telemetry.seconds();
    fence.requested(requestedAt);
    directory.renewLease(node, (outcome, superseded = []) => {
      fence.answered(requestedAt, clock.now());
      telemetry.histogram('cluster_round_trip_seconds').observe(telemetry.seconds() - start);
      actOnEach(
        { clock, turns },
        superseded,
        (claim) => this.#supersede(claim),
        () => {
          if (outcome === 'failed') return;
          this.#renewedAt = Math.max(this.#renewedAt, requestedAt);
          if (outcome !== 'kept') return this.#confirmAtRisk(outcome === 'unknown');
          // An earlier renewal has reported the end of the lease, and the claims are not confirmed yet.
          if (this.#confirmingAtRisk === 0) fence.renewed(this.#renewedAt);
          onKept();
        },
      );
    });
    this.#pollMailboxes();
  }

  #confirmAtRisk(ifFree: boolean): void {
    this.#confirmingAtRisk += 1;
    this.#confirmAll(ifFree, () => {
      this.#confirmingAtRisk -= 1;
      if (this.#confirmingAtRisk > 0) return;
      // The lease may have been renewed again meanwhile: after an outage, several renewals are answered at once.
      this.#parts.fence.renewed(this.#renewedAt);
      // While a claim was missing, its node was not notified of messages.
      this.#pollMailboxes();
    });
  }

  /** Other nodes may have claimed ids of this node while its lease had ended or bus messages were lost. */
  #confirmAll(ifFree: boolean, then: () => void = () => undefined): void {
    const all = this.#sessions();
    let left = all.length;
    if (left === 0) return then();
    const confirmed = (): void => {
      if (--left === 0) then();
    };
    actOnEach(this.#parts, all, (session) => {
      // The claim of a session that has ended meanwhile must not be made again.
      if (session.state === 'open' || session.state === 'connecting') this.#confirm(session, ifFree, confirmed);
      else confirmed();
    });
  }

  /** O5: verifies a part of the claims, to limit the cost of one renewal. */
  #confirmSome(): void {
    if (this.#round.length === 0) {
      this.#round = this.#sessions();
      this.#batchSize = Math.ceil(this.#round.length / RENEWALS_PER_ROUND);
    }
    for (const session of this.#round.splice(-this.#batchSize)) if (session.state === 'open') this.#confirm(session, false);
  }

  #confirm(session: RealmSession, ifFree: boolean, then: () => void = () => undefined): void {
    const { directory, turns } = this.#parts;
    const { realm, id, connection } = session;
    directory.confirm(session, ifFree, (outcome) => {
      if (outcome === 'lost') turns.run(() => this.#perform(realm, realm.superseded(id, connection)));
      then();
    });
  }

  #sessions(): RealmSession[] {
    return this.#parts.realms.all().flatMap((realm) => [...realm.sessions()]);
  }

  /** O11: bus messages arrive at most once, but a held message waits until a poll finds it. */
  #pollMailboxes(): void {
    const { realms, mailboxes, performer, turns } = this.#parts;
    for (const realm of realms.all()) {
      if (realm.size === 0) continue;
      mailboxes.waiting(realm.key, (ids) => {
        for (const id of ids) if (realm.has(id)) turns.run(() => performer.mailWaiting(realm, id));
      });
    }
  }

  #receive(message: BusMessage): void {
    if (message.type === 'request' || message.type === 'response') return this.#parts.exchange.receive(message);
    const realm = this.#parts.realms.find(message.realm);
    if (message.type === 'publication' && this.#parts.presenceSync.receive(realm, message)) return;
    if (realm === undefined) return;
    switch (message.type) {
      case 'mail':
        return this.#parts.performer.mailWaiting(realm, message.id);
      case 'superseded':
        return this.#supersede(message);
      case 'publication':
        return this.#publishLocally(realm, message);
      default:
        return impossible(message);
    }
  }

  #supersede({ realm: key, id, connection }: SupersededClaim): void {
    const realm = this.#parts.realms.find(key);
    if (realm !== undefined) this.#perform(realm, realm.superseded(id, connection));
  }

  #publishLocally(realm: Realm, { space, keepsHistory, publication, servedGroups }: BusPublication): void {
    const decisions: Decision[] = [];
    const now = this.#parts.clock.now();
    const topics = realm.topics({ space, keepsHistory });
    topics.retained.keep(publication, now);
    topics.publish(publication, undefined, decisions, { served: servedGroups });
    this.#parts.performer.performAll(realm, decisions, now);
  }

  #perform(realm: Realm, decision: Decision | undefined): void {
    if (decision !== undefined) this.#parts.performer.perform(realm, decision, this.#parts.clock.now());
  }
}
