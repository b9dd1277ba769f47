import type { NodeId, PeerId } from '../domain/ids.ts';
import { IncomingLanes, type IncomingLane } from '../domain/incoming-lanes.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { Realm, RealmSession } from '../domain/realm.ts';
import type { Realms } from '../domain/realms.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import { ownerOf, type Owner } from '../domain/token.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { Performer } from './performer.ts';
import type { BrokerLink, SenderItem } from './ports/broker-links.ts';
import type { Clock } from './ports/clock.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Turns } from './turns.ts';

export interface LaneReceiverParts {
  readonly realms: Realms;
  readonly directory: PeerDirectory;
  readonly performer: Performer;
  readonly fence: LeaseFence;
  readonly turns: Turns;
  readonly clock: Clock;
}

interface Lane extends IncomingLane<RealmSession> {
  readonly link: ReceiverLink;
  readonly number: number;
  readonly realm: Realm;
  readonly owner: Owner;
  delivered: number;
}

interface ReceiverLink {
  readonly link: BrokerLink;
  readonly lanes: Map<number, Lane>;
  /** Messages that were received, and those of them that were reported to the sender. */
  received: number;
  reported: number;
  isReportDue: boolean;
}

/** Lanes of one link. Further ones are refused. */
const MAX_LANES = 100_000;
/** Messages are reported to the sender after this time, or when this many are not reported. */
const REPORT_DELAY_MS: Millis = 50;
const REPORT_COUNT = 1_000;

/** Delivers messages that other nodes send over links. In doubt, a lane is closed, and its sender uses the mailbox. */
export class LaneReceiver {
  readonly #parts: LaneReceiverParts;
  readonly #lanes = new IncomingLanes<Lane>();
  readonly #links = new Map<BrokerLink, ReceiverLink>();

  constructor(parts: LaneReceiverParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#lanes.isEmpty;
  }

  hasLinkTo(node: NodeId): boolean {
    return [...this.#links.keys()].some((link) => link.node === node);
  }

  linkOpened(link: BrokerLink): void {
    for (const before of [...this.#links.keys()]) {
      if (before.node !== link.node) continue;
      this.linkEnded(before);
      before.end();
    }
    this.#links.set(link, { link, lanes: new Map(), received: 0, reported: 0, isReportDue: false });
  }

  linkEnded(ended: BrokerLink): void {
    const link = this.#links.get(ended);
    if (link === undefined) return;
    this.#links.delete(ended);
    for (const lane of link.lanes.values()) this.#remove(lane);
    link.lanes.clear();
  }

  received(from: BrokerLink, item: SenderItem): void {
    const link = this.#links.get(from);
    if (link === undefined || item.type === 'pong') return;
    if (item.type === 'open') return this.#open(link, item);
    const lane = link.lanes.get(item.lane);
    if (item.type === 'close') {
      if (lane !== undefined) this.#close(lane);
      return;
    }
    link.received += 1;
    if (lane?.phase === 'open') this.#deliver(lane, item);
    this.#scheduleReport(link);
  }

  /** Reports all received messages, before the links are ended. */
  reportAll(): void {
    for (const link of this.#links.values()) this.#report(link);
  }

  /** A peer is registered at this node, so lanes from its earlier connection at another node must not deliver any more. */
  peerRegistered({ key }: Realm, id: PeerId): void {
    for (const lane of this.#lanes.ofSender(key, id)) this.#close(lane);
  }

  sessionEnded(session: Session): void {
    if (!this.#lanes.hasSession(session)) return;
    for (const lane of this.#lanes.ofSession(session)) this.#close(lane);
  }

  /**
   * A mailbox was fetched. Must be called before its messages are delivered.
   * @param isComplete whether the engine has confirmed that the session holds its id and that nothing else was held.
   */
  mailboxFetched(session: Session, messages: readonly SignalMessage[], isComplete: boolean): void {
    if (!this.#lanes.hasSession(session)) return;
    for (const { from } of messages) for (const lane of this.#lanes.fetchedFrom(session, from)) this.#close(lane);
    if (isComplete) return;
    for (const lane of this.#lanes.ofSession(session)) if (lane.phase === 'collecting') this.#close(lane);
  }

  /** No fetch of the mailbox is in progress any more. */
  mailboxEmpty(session: Session): void {
    if (!this.#lanes.hasSession(session)) return;
    for (const lane of this.#lanes.ofSession(session)) if (lane.phase === 'collecting') this.#verify(lane);
  }

  #open(link: ReceiverLink, { lane: number, realm: key, from, to, owner }: Extract<SenderItem, { type: 'open' }>): void {
    const { realms, fence, clock, directory, turns, performer } = this.#parts;
    const realm = realms.find(key);
    const session = realm?.find(to);
    const isPossible = session?.state === 'open' && !session.isDraining && link.lanes.size < MAX_LANES;
    if (realm === undefined || session === undefined || !isPossible || !fence.isTrusted(clock.now())) {
      return link.link.send({ type: 'closed', lane: number, delivered: 0 });
    }
    const lane: Lane = { link, number, realm, session, from, owner: ownerOf(owner), delivered: 0, phase: 'locating' };
    link.lanes.set(number, lane);
    this.#lanes.add(lane);
    // On NATS, the answer includes all that other nodes had written before, so that the fetch finds it.
    directory.locate(key, from, (node) =>
      turns.run(() => {
        if (lane.phase !== 'locating') return;
        if (node !== link.link.node) return this.#close(lane);
        lane.phase = 'collecting';
        performer.mailWaiting(realm, session.id);
      }),
    );
  }

  /** Only now, because the sender may have moved to a third node, and messages from there may have been fetched. */
  #verify(lane: Lane): void {
    const { directory, turns } = this.#parts;
    const { realm, from, link } = lane;
    lane.phase = 'verifying';
    directory.locate(realm.key, from, (node) =>
      turns.run(() => {
        if (lane.phase !== 'verifying') return;
        if (node !== link.link.node || realm.has(from)) return this.#close(lane);
        const before = this.#lanes.open(lane);
        if (before !== undefined) this.#close(before);
        link.link.send({ type: 'opened', lane: lane.number });
      }),
    );
  }

  /** M16, M17. Messages may be delivered during a fetch, because the mailbox holds none of this lane. */
  #deliver(lane: Lane, { kind, payload }: Extract<SenderItem, { type: 'message' }>): void {
    const { fence, clock, performer } = this.#parts;
    const { session, realm, from, owner } = lane;
    const now = clock.now();
    if (session.state !== 'open' || !fence.isTrusted(now)) return this.#close(lane);
    lane.delivered += 1;
    const message = { kind, from, to: session.id, payload, owner: needsDelivery(kind) ? owner : undefined };
    performer.deliverFromLane(realm, session.connection, message, now);
  }

  #close(lane: Lane): void {
    const { link, number, delivered } = lane;
    if (lane.phase === 'closed') return;
    link.lanes.delete(number);
    this.#remove(lane);
    link.link.send({ type: 'closed', lane: number, delivered });
  }

  #remove(lane: Lane): void {
    lane.phase = 'closed';
    this.#lanes.remove(lane);
  }

  #scheduleReport(link: ReceiverLink): void {
    const { clock } = this.#parts;
    if (link.received - link.reported >= REPORT_COUNT) return this.#report(link);
    if (link.isReportDue) return;
    link.isReportDue = true;
    clock.wakeAt(clock.now() + REPORT_DELAY_MS, () => {
      link.isReportDue = false;
      this.#report(link);
    });
  }

  #report(link: ReceiverLink): void {
    if (link.received === link.reported) return;
    link.reported = link.received;
    link.link.send({ type: 'received', count: link.received });
  }
}
