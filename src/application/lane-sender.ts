import type { ConnectionId, NodeId, PeerId } from '../domain/ids.ts';
import { LaneRoute } from '../domain/lane-route.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import { UnsettledMessages } from '../domain/unsettled-messages.ts';
import type { PairRoute } from './lanes.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { Performer } from './performer.ts';
import type { BrokerLink, ReceiverItem } from './ports/broker-links.ts';
import type { Clock } from './ports/clock.ts';
import type { ExceededBound, HoldOutcome } from './ports/mailbox-store.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Counter } from './ports/telemetry.ts';
import { actOnEach } from './slices.ts';
import type { Turns } from './turns.ts';

export interface LaneSenderParts {
  readonly node: NodeId;
  readonly directory: PeerDirectory;
  readonly performer: Performer;
  readonly fence: LeaseFence;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly messagesOut: Counter;
  /** Asks another node to open a link to this one. */
  readonly invite: (node: NodeId) => void;
}

/** A lane on a link, while it opens, is open, or closes. */
interface OutgoingLane {
  readonly route: Route;
  readonly link: SenderLink;
  readonly number: number;
  sent: number;
  /** Whether later messages of the pair use another way, so that undelivered ones must not follow them. */
  isAbandoned: boolean;
}

interface Route extends PairRoute {
  lane: OutgoingLane | undefined;
  /** The link of the lane, from the time at which the receiver is located. */
  link: SenderLink | undefined;
}

interface SenderLink {
  readonly link: BrokerLink;
  readonly unsettled: UnsettledMessages<OutgoingLane>;
  readonly lanes: Map<number, OutgoingLane>;
  lastLane: number;
  hasEnded: boolean;
}

/** Routes beyond this number use the mailbox only. */
const MAX_ROUTES = 100_000;
/** Routes that one sweep examines. */
const SWEPT_ROUTES = 20_000;

/**
 * Sends messages to peers of other nodes over links. In doubt, messages use the mailbox. Messages that may or may not have been
 * delivered are answered with EXPIRE.
 */
export class LaneSender {
  readonly #parts: LaneSenderParts;
  readonly #routes = new Map<ConnectionId, Map<PeerId, Route>>();
  readonly #byReceiver = new Map<string, Set<Route>>();
  readonly #links = new Map<NodeId, SenderLink>();
  #count = 0;
  #sweep = this.#allRoutes();

  constructor(parts: LaneSenderParts) {
    this.#parts = parts;
  }

  /** Messages under way on all links. */
  get unsettled(): number {
    return [...this.#links.values()].reduce((sum, { unsettled }) => sum + unsettled.size, 0);
  }

  get routeCount(): number {
    return this.#count;
  }

  /** See `Lanes`. */
  route(realm: Realm, sender: Session, message: SignalMessage, now: Millis): Route | 'taken' | undefined {
    // The mailbox is being fetched on this node.
    if (realm.find(message.to) !== undefined) return undefined;
    const route = this.#routeOf(realm, sender, message.to);
    if (route === undefined) return undefined;
    const way = route.way.next(now, this.#parts.fence.isTrusted(now));
    if (way === 'send' && route.lane !== undefined) {
      this.#send(route.lane, message);
      return 'taken';
    }
    if (way === 'close') route.lane?.link.link.send({ type: 'close', lane: route.lane.number });
    if (way === 'close' || way === 'wait') {
      if (route.way.wait(message)) return 'taken';
      this.#abandon(route, now);
    } else if (way === 'locate') this.#locate(route);
    route.way.putSent();
    return route;
  }

  putAnswered(answered: PairRoute, outcome: HoldOutcome, exceeds: ExceededBound | undefined): void {
    const isUnknown = outcome === 'failed' || (outcome === 'full' && (exceeds === undefined || exceeds === 'engine'));
    const rejected = isUnknown ? 'unknown' : 'rejected';
    answered.way.putAnswered(outcome === 'held' ? 'held' : rejected);
    const route = this.#routes.get(answered.sender.connection)?.get(answered.to);
    if (route === answered) this.#openIfSettled(route);
  }

  /** The claim of an id was granted to a session of this node, and its mailbox is fetched next. */
  peerRegistered(realm: Realm, id: PeerId): void {
    const now = this.#parts.clock.now();
    for (const route of [...(this.#byReceiver.get(keyOf(realm.key, id)) ?? [])]) this.#abandon(route, now);
  }

  /** A session of this node ends, and its claim is released next. */
  sessionEnded({ connection }: Session): void {
    const routes = this.#routes.get(connection);
    if (routes === undefined) return;
    const now = this.#parts.clock.now();
    for (const route of [...routes.values()]) {
      this.#abandon(route, now);
      this.#forget(route);
    }
  }

  linkOpened(link: BrokerLink): void {
    const before = this.#links.get(link.node);
    if (before !== undefined) this.linkEnded(before.link);
    before?.link.end();
    const opened = { link, unsettled: new UnsettledMessages<OutgoingLane>(), lanes: new Map(), lastLane: 0, hasEnded: false };
    this.#links.set(link.node, opened);
  }

  /** Messages under way may have been delivered or not. */
  linkEnded(ended: BrokerLink): void {
    const link = this.#links.get(ended.node);
    if (link?.link !== ended) return;
    this.#links.delete(ended.node);
    link.hasEnded = true;
    const now = this.#parts.clock.now();
    for (const lane of link.lanes.values()) if (!lane.isAbandoned) this.#abandon(lane.route, now);
    for (const routes of this.#routes.values()) {
      for (const route of routes.values()) if (route.link === link) this.#abandon(route, now);
    }
    actOnEach(this.#parts, link.unsettled.all(), ([{ route }, message]) => this.#parts.performer.unheld(route.realm, message));
  }

  received(from: BrokerLink, item: ReceiverItem): void {
    const link = this.#links.get(from.node);
    if (link?.link !== from) return;
    if (item.type === 'received') return link.unsettled.settle(item.count);
    if (item.type === 'ping') return from.send({ type: 'pong' });
    const lane = link.lanes.get(item.lane);
    if (lane === undefined) return;
    if (item.type === 'opened') this.#opened(lane);
    else this.#closed(lane, item.delivered);
  }

  /** Abandons lanes without an answer, and forgets unused routes. With very many routes, each call examines some of them. */
  sweep(now: Millis): void {
    for (let left = SWEPT_ROUTES; left > 0; left--) {
      const { done, value: route } = this.#sweep.next();
      if (done === true) {
        this.#sweep = this.#allRoutes();
        return;
      }
      const isIdle = route.way.isIdle(now);
      if (isIdle || route.way.isOverdue(now)) this.#abandon(route, now);
      if (isIdle) this.#forget(route);
    }
  }

  *#allRoutes(): Generator<Route, undefined> {
    for (const routes of this.#routes.values()) yield* routes.values();
  }

  #routeOf(realm: Realm, sender: Session, to: PeerId): Route | undefined {
    const routes = this.#routes.get(sender.connection);
    const known = routes?.get(to);
    if (known !== undefined) return known;
    if (this.#count >= MAX_ROUTES) return undefined;
    const route: Route = {
      ...{ way: new LaneRoute(), realm, sender, to },
      ...{ lane: undefined, link: undefined },
    };
    if (routes === undefined) this.#routes.set(sender.connection, new Map([[to, route]]));
    else routes.set(to, route);
    const key = keyOf(realm.key, to);
    const others = this.#byReceiver.get(key);
    if (others === undefined) this.#byReceiver.set(key, new Set([route]));
    else others.add(route);
    this.#count += 1;
    return route;
  }

  #forget(route: Route): void {
    const { sender, to, realm } = route;
    const routes = this.#routes.get(sender.connection);
    if (routes?.get(to) !== route) return;
    routes.delete(to);
    if (routes.size === 0) this.#routes.delete(sender.connection);
    const key = keyOf(realm.key, to);
    const others = this.#byReceiver.get(key);
    others?.delete(route);
    if (others?.size === 0) this.#byReceiver.delete(key);
    this.#count -= 1;
  }

  #locate(route: Route): void {
    const { directory, turns, clock, node, invite } = this.#parts;
    const { realm, to, way } = route;
    directory.locate(realm.key, to, (holder) =>
      turns.run(() => {
        // Meanwhile the peer has come to this node, or the sender has left.
        if (way.state !== 'locating') return;
        const link = holder === undefined ? undefined : this.#links.get(holder);
        const isLinkMissing = holder !== undefined && holder !== node && link === undefined;
        if (isLinkMissing) invite(holder);
        if (link === undefined) return this.#put(route, way.toMailbox(clock.now(), isLinkMissing));
        route.link = link;
        way.opening(clock.now());
        this.#openIfSettled(route);
      }),
    );
  }

  #openIfSettled(route: Route): void {
    const { way, realm, sender, to, link } = route;
    if (way.state !== 'opening' || route.lane !== undefined || link === undefined) return;
    if (way.isUncertain) return this.#abandon(route, this.#parts.clock.now());
    if (!way.isSettled) return;
    const lane = { route, link, number: ++link.lastLane, sent: 0, isAbandoned: false };
    route.lane = lane;
    link.lanes.set(lane.number, lane);
    const { number } = lane;
    link.link.send({ type: 'open', lane: number, realm: realm.key, from: sender.id, to, owner: sender.token.proof });
  }

  #opened(lane: OutgoingLane): void {
    const { route } = lane;
    const { fence, clock } = this.#parts;
    if (route.lane !== lane || route.way.state !== 'opening') return;
    // Another node may own the id of the sender by now, and only the engine knows.
    if (!fence.isTrusted(clock.now())) return this.#abandon(route, clock.now());
    for (const message of route.way.opened()) this.#send(lane, message);
  }

  /** The undelivered messages come first, then those that waited. */
  #closed(lane: OutgoingLane, delivered: number): void {
    const { link, route, number, isAbandoned } = lane;
    const { performer, clock } = this.#parts;
    link.lanes.delete(number);
    const undelivered = link.unsettled.undelivered(lane, delivered);
    if (isAbandoned) {
      for (const message of undelivered) performer.unheld(route.realm, message);
      return;
    }
    route.lane = undefined;
    route.link = undefined;
    this.#put(route, [...undelivered, ...route.way.toMailbox(clock.now())]);
  }

  /** Later messages use the mailbox, and do not wait for those under way. */
  #abandon(route: Route, now: Millis): void {
    const { lane } = route;
    if (lane !== undefined) {
      lane.isAbandoned = true;
      if (!lane.link.hasEnded) lane.link.link.send({ type: 'close', lane: lane.number });
    }
    route.lane = undefined;
    route.link = undefined;
    this.#put(route, route.way.toMailbox(now));
  }

  #put(route: Route, messages: readonly SignalMessage[]): void {
    const { performer, clock } = this.#parts;
    for (const message of messages) {
      route.way.putSent();
      performer.put(route.realm, route.sender, message, clock.now(), route);
    }
  }

  #send(lane: OutgoingLane, message: SignalMessage): void {
    const { link, route, number } = lane;
    if (link.unsettled.isFull) return this.#parts.performer.unheld(route.realm, message);
    lane.sent += 1;
    link.unsettled.add(lane, lane.sent, message);
    this.#parts.messagesOut.add();
    link.link.send({ type: 'message', lane: number, kind: message.kind, payload: message.payload });
  }
}

/** Realm keys contain no line feed. */
function keyOf(realm: string, id: string): string {
  return `${realm}\n${id}`;
}
