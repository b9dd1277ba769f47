import type { NodeId, PeerId } from '../domain/ids.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Realm } from '../domain/realm.ts';
import type { Realms } from '../domain/realms.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import { LaneReceiver } from './lane-receiver.ts';
import { LaneSender } from './lane-sender.ts';
import type { Lanes, PairRoute } from './lanes.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { Performer } from './performer.ts';
import type { BrokerLink, BrokerLinks, LinkInvitation, LinkItem, LinkRole, ReceiverItem } from './ports/broker-links.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { ExceededBound, HoldOutcome } from './ports/mailbox-store.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Counter, Telemetry } from './ports/telemetry.ts';
import type { Turns } from './turns.ts';

export interface NodeLinksParts {
  readonly node: NodeId;
  readonly links: BrokerLinks;
  readonly realms: Realms;
  readonly directory: PeerDirectory;
  readonly performer: Performer;
  readonly fence: LeaseFence;
  readonly exchange: NodeExchange;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

interface OpenLink {
  readonly role: LinkRole;
  heardAt: Millis;
}

/** The receiver pings in this interval, and both sides end a link that carries nothing for the longer time. */
const PING_INTERVAL_MS: Millis = 1_000;
const SILENCE_MS: Millis = 3_000;
/** Between two invitations of one node. */
const INVITE_INTERVAL_MS: Millis = 2_000;
/** At the stop: time in which other nodes report the messages under way. */
const SETTLE_TIMEOUT_MS: Millis = 1_000;
const SETTLE_STEP_MS: Millis = 20;
const MAX_INVITED = 1_000;
const ROLES: readonly LinkRole[] = ['sender', 'receiver'];

/** The links of this node: invitations, keep-alive, and the lanes on them. */
export class NodeLinks implements Lanes {
  readonly #parts: NodeLinksParts;
  readonly #sender: LaneSender;
  readonly #receiver: LaneReceiver;
  readonly #open = new Map<BrokerLink, OpenLink>();
  readonly #invitedAt = new Map<NodeId, Millis>();
  readonly #messagesIn: Counter;
  readonly #linksEnded: Counter;
  #tick: Wakeup | undefined;

  constructor(parts: NodeLinksParts) {
    this.#parts = parts;
    const { telemetry } = parts;
    const messagesOut = telemetry.counter('cluster_link_messages_total', 'out');
    this.#messagesIn = telemetry.counter('cluster_link_messages_total', 'in');
    this.#linksEnded = telemetry.counter('cluster_links_ended_total');
    telemetry.gauge('cluster_links', () => ROLES.map((role) => ({ labels: [role], value: this.#count(role) })));
    this.#sender = new LaneSender({ ...parts, messagesOut, invite: (node) => this.#invite(node) });
    this.#receiver = new LaneReceiver(parts);
    parts.performer.useLanes(this);
  }

  start(): void {
    const { node, links, exchange, turns } = this.#parts;
    exchange.onNotice((from, text) => this.#invited(from, text));
    links.listen(node, {
      opened: (link, role) => turns.run(() => this.#opened(link, role)),
      received: (link, item) => turns.run(() => this.#received(link, item)),
      ended: (link) => turns.run(() => this.#ended(link)),
    });
  }

  /** Waits until other nodes have reported the messages under way. */
  async stop(): Promise<void> {
    const { clock, links } = this.#parts;
    this.#receiver.reportAll();
    const deadline = clock.now() + SETTLE_TIMEOUT_MS;
    while (this.#sender.unsettled > 0 && clock.now() < deadline) {
      await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + SETTLE_STEP_MS, resolve));
    }
    this.#tick?.cancel();
    await links.close();
  }

  route(realm: Realm, sender: Session, message: SignalMessage, now: Millis): PairRoute | 'taken' | undefined {
    return this.#sender.route(realm, sender, message, now);
  }

  putAnswered(route: PairRoute, outcome: HoldOutcome, exceeds: ExceededBound | undefined): void {
    this.#sender.putAnswered(route, outcome, exceeds);
  }

  peerRegistered(realm: Realm, id: PeerId): void {
    this.#sender.peerRegistered(realm, id);
    this.#receiver.peerRegistered(realm, id);
  }

  sessionEnded(session: Session): void {
    this.#sender.sessionEnded(session);
    this.#receiver.sessionEnded(session);
  }

  mailboxFetched(session: Session, messages: readonly SignalMessage[], isComplete: boolean): void {
    this.#receiver.mailboxFetched(session, messages, isComplete);
  }

  mailboxEmpty(session: Session): void {
    this.#receiver.mailboxEmpty(session);
  }

  #opened(link: BrokerLink, role: LinkRole): void {
    this.#open.set(link, { role, heardAt: this.#parts.clock.now() });
    if (role === 'sender') this.#sender.linkOpened(link);
    else this.#receiver.linkOpened(link);
    this.#scheduleTick();
  }

  #received(link: BrokerLink, item: LinkItem): void {
    const open = this.#open.get(link);
    if (open === undefined) return;
    open.heardAt = this.#parts.clock.now();
    if (item.type === 'message') this.#messagesIn.add();
    if (isOfReceiver(item)) this.#sender.received(link, item);
    else this.#receiver.received(link, item);
  }

  #ended(link: BrokerLink): void {
    const open = this.#open.get(link);
    this.#open.delete(link);
    if (open === undefined) return;
    this.#linksEnded.add();
    if (open.role === 'sender') this.#sender.linkEnded(link);
    else this.#receiver.linkEnded(link);
  }

  #count(role: LinkRole): number {
    return [...this.#open.values()].filter((link) => link.role === role).length;
  }

  #scheduleTick(): void {
    const { clock, turns } = this.#parts;
    this.#tick ??= clock.wakeAt(clock.now() + PING_INTERVAL_MS, () => {
      this.#tick = undefined;
      turns.run(() => this.#keepAlive());
    });
  }

  #keepAlive(): void {
    const now = this.#parts.clock.now();
    for (const [link, { role, heardAt }] of [...this.#open]) {
      if (now - heardAt > SILENCE_MS) {
        link.end();
        this.#ended(link);
      } else if (role === 'receiver') link.send({ type: 'ping' });
    }
    this.#sender.sweep(now);
    if (this.#open.size > 0 || this.#sender.routeCount > 0) this.#scheduleTick();
  }

  #invite(node: NodeId): void {
    const { links, exchange, clock } = this.#parts;
    const now = clock.now();
    if (now - (this.#invitedAt.get(node) ?? Number.NEGATIVE_INFINITY) < INVITE_INTERVAL_MS) return;
    if (this.#invitedAt.size >= MAX_INVITED) this.#invitedAt.clear();
    this.#invitedAt.set(node, now);
    exchange.notify(node, JSON.stringify({ link: links.invitation }));
  }

  #invited(from: NodeId, text: string): void {
    const invitation = invitationIn(text);
    if (invitation !== undefined && !this.#receiver.hasLinkTo(from)) this.#parts.links.dial(from, invitation);
  }
}

const RECEIVER_ITEMS: readonly string[] = ['opened', 'closed', 'received', 'ping'] satisfies ReceiverItem['type'][];

function isOfReceiver(item: LinkItem): item is ReceiverItem {
  return RECEIVER_ITEMS.includes(item.type);
}

/** Undefined if the text has another form. */
function invitationIn(text: string): LinkInvitation | undefined {
  try {
    const { link } = JSON.parse(text) as { readonly link?: Partial<LinkInvitation> | undefined };
    const { url, key } = link ?? {};
    return typeof url === 'string' && typeof key === 'string' ? { url, key } : undefined;
  } catch {
    return undefined;
  }
}
