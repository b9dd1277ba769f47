import type { Decision } from '../domain/decision.ts';
import { impossible } from '../domain/invariant.ts';
import type { NodeId } from '../domain/ids.ts';
import type { Realm, RealmSession } from '../domain/realm.ts';
import type { Realms } from '../domain/realms.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { Performer } from './performer.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { NodeBus, BusMessage } from './ports/node-bus.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

export interface MembershipParts {
  readonly node: NodeId;
  readonly realms: Realms;
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  readonly performer: Performer;
  readonly sweeper: Sweeper;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly fence: LeaseFence;
  /** M14: how long a message waits. */
  readonly expireTimeout: Millis;
}

/** How often a lease is prolonged before it would end: two may be lost. */
const KEEPS_PER_LEASE = 3;

const LOOKS_PER_TIMEOUT = 2;

/** In so many of these every claim is confirmed once: who was told nothing, because the teller died, learns it then. */
const KEEPS_PER_ROUND = 60;

/**
 * What makes a node one of a cluster: it keeps its lease, hears the other nodes, looks after mail that nobody told it of,
 * and gives up what it lost while it was away. Of a node alone it asks nothing.
 */
export class Membership {
  readonly #parts: MembershipParts;
  #wakeup: Wakeup | undefined;
  #look: Wakeup | undefined;
  /** Sessions whose claims are still to be confirmed in this round. */
  #round: RealmSession[] = [];
  #share = 0;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  start(): void {
    const { bus, turns } = this.#parts;
    bus.listen({
      onMessage: (word) => turns.run(() => this.#heard(word)),
      onMessagesLost: () => this.#lookAround(() => this.#confirmAll(false)),
    });
    this.#keep();
    this.#lookOften();
  }

  /** Claims are given back as their connections close; what is left ends with the lease. */
  async stop(): Promise<void> {
    this.#wakeup?.cancel();
    this.#look?.cancel();
    await this.#parts.bus.close();
  }

  #keep(): void {
    const { directory, sweeper, clock, bus, fence } = this.#parts;
    if (directory.lease === NEVER) return;
    if (!bus.isReachable) fence.engineUnreachable();
    this.#wakeup = clock.wakeAt(clock.now() + directory.lease / KEEPS_PER_LEASE, () => this.#keep());
    this.#lookAround(() => this.#confirmSome());
    // What a node has put that is gone, another one has to look after.
    sweeper.scheduleBy(clock.now());
  }

  /** M14: a message must not expire because a word about it was lost, however long the lease is. */
  #lookOften(): void {
    const { directory, clock, expireTimeout } = this.#parts;
    const interval = expireTimeout / LOOKS_PER_TIMEOUT;
    if (directory.lease === NEVER || interval >= directory.lease / KEEPS_PER_LEASE) return;
    this.#look = clock.wakeAt(clock.now() + interval, () => {
      this.#lookForMail();
      this.#lookOften();
    });
  }

  /** @param onKept what is to be confirmed where the lease has not ended. */
  #lookAround(onKept: () => void): void {
    const { node, directory, clock, fence } = this.#parts;
    const requestedAt = clock.now();
    directory.renewLease(node, (outcome) => {
      if (outcome === 'failed') return;
      if (outcome !== 'kept') return this.#confirmAll(outcome === 'unknown', () => fence.renewed(requestedAt));
      fence.renewed(requestedAt);
      onKept();
    });
    this.#lookForMail();
  }

  /** While its lease had ended, or it was deaf, others may have claimed what was this node's. */
  #confirmAll(ifFree: boolean, then: () => void = () => undefined): void {
    const all = this.#seated();
    let left = all.length;
    if (left === 0) return then();
    for (const session of all) {
      this.#confirm(session, ifFree, () => {
        if (--left === 0) then();
      });
    }
  }

  /** O5: a part of all, so that it costs little at a time. */
  #confirmSome(): void {
    if (this.#round.length === 0) {
      this.#round = this.#seated();
      this.#share = Math.ceil(this.#round.length / KEEPS_PER_ROUND);
    }
    for (const session of this.#round.splice(-this.#share)) if (session.state === 'open') this.#confirm(session, false);
  }

  #confirm(session: RealmSession, ifFree: boolean, then: () => void = () => undefined): void {
    const { directory, turns } = this.#parts;
    const { realm, id, connection } = session;
    directory.confirm(session, ifFree, (outcome) => {
      if (outcome === 'lost') turns.run(() => this.#perform(realm, realm.superseded(id, connection)));
      then();
    });
  }

  #seated(): RealmSession[] {
    return this.#parts.realms.all().flatMap((realm) => [...realm.sessions()]);
  }

  /** O11: words about mail are told at most once; the mail itself waits until it is looked for. */
  #lookForMail(): void {
    const { realms, mailboxes, performer, turns } = this.#parts;
    for (const realm of realms.all()) {
      if (realm.size === 0) continue;
      mailboxes.waiting(realm.key, (ids) => {
        for (const id of ids) if (realm.has(id)) turns.run(() => performer.mailWaits(realm, id));
      });
    }
  }

  #heard(word: BusMessage): void {
    const realm = this.#parts.realms.find(word.realm);
    if (realm === undefined) return;
    switch (word.type) {
      case 'mail':
        return this.#parts.performer.mailWaits(realm, word.id);
      case 'superseded':
        return this.#perform(realm, realm.superseded(word.id, word.connection));
      case 'publication':
        return this.#tellListeners(realm, word);
      default:
        return impossible(word);
    }
  }

  #tellListeners(realm: Realm, { space, keepsHistory, publication }: Extract<BusMessage, { type: 'publication' }>): void {
    const decisions: Decision[] = [];
    realm.topics({ space, keepsHistory }).publish(publication, undefined, decisions);
    this.#parts.performer.performAll(realm, decisions, this.#parts.clock.now());
  }

  #perform(realm: Realm, decision: Decision | undefined): void {
    if (decision !== undefined) this.#parts.performer.perform(realm, decision, this.#parts.clock.now());
  }
}
