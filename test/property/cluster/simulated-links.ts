import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type {
  BrokerLink,
  BrokerLinks,
  LinkInvitation,
  LinkItem,
  LinkListener,
  LinkRole,
} from '../../../src/application/ports/broker-links.ts';
import type { BusListener, NodeBus, NodeMessage } from '../../../src/application/ports/node-bus.ts';
import type { NodeId } from '../../../src/domain/ids.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { NodeProcess } from './node-process.ts';

interface LinkedNode {
  readonly process: NodeProcess;
  readonly invitation: LinkInvitation;
  listener: LinkListener | undefined;
  bus: BusListener | undefined;
}

/** The state of the network from one node to another. */
export interface WireFaults {
  /** Delay of each direction, in ms. */
  delay: Millis;
  /** Nothing arrives before the repair, and the link does not end. */
  isSilent: boolean;
  /** New links can't be opened, and notices are lost. */
  isRefused: boolean;
}

/** One end of a simulated link. */
class LinkEnd implements BrokerLink {
  readonly node: NodeId;
  readonly owner: NodeId;
  readonly role: LinkRole;
  other: LinkEnd | undefined;
  hasEnded = false;
  isReported = false;
  last: Millis = 0;
  /** Number of losses of all that was on its way to this end. */
  losses = 0;
  /** Arrivals after the repair of a silent wire, because TCP repeats them. */
  held: (() => void)[] = [];
  readonly #network: SimulatedLinks;

  constructor(network: SimulatedLinks, owner: NodeId, node: NodeId, role: LinkRole) {
    this.#network = network;
    this.owner = owner;
    this.node = node;
    this.role = role;
  }

  send(item: LinkItem): void {
    this.#network.send(this, item);
  }

  end(): void {
    this.#network.end(this);
  }
}

/** The network between the nodes of a simulated cluster, with faults that the test injects. */
export class SimulatedLinks {
  readonly #clock: ManualClock;
  readonly #nodes = new Map<NodeId, LinkedNode>();
  readonly #wires = new Map<string, WireFaults>();
  #ends: LinkEnd[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  /** The links of one node. */
  connect(node: NodeId, process: NodeProcess): BrokerLinks {
    const invitation = { url: `links of ${node}`, key: `key of ${node}` };
    const own: LinkedNode = { process, invitation, listener: undefined, bus: undefined };
    this.#nodes.set(node, own);
    return {
      invitation,
      listen: (_, listener) => void (own.listener = listener),
      dial: (to, invited) => this.#dial(node, to, invited),
      close: () => Promise.resolve(),
    };
  }

  /** A bus that also carries notices to other nodes. */
  busOver(bus: NodeBus, node: NodeId): NodeBus {
    return {
      get isReachable() {
        return bus.isReachable;
      },
      listen: (listener) => {
        const own = this.#nodes.get(node);
        if (own !== undefined) own.bus = listener;
        bus.listen(listener);
      },
      broadcast: (message) => bus.broadcast(message),
      send: (to, message) => this.#notify(node, to, message),
      close: () => bus.close(),
    };
  }

  /** The faults from one node to another. */
  wire(from: NodeId, to: NodeId): WireFaults {
    const key = `${from} to ${to}`;
    const wire = this.#wires.get(key) ?? { delay: 1, isSilent: false, isRefused: false };
    this.#wires.set(key, wire);
    return wire;
  }

  /** Ends the links between two nodes. @param losesTail whether items that are on their way are lost. */
  break(one: NodeId, other: NodeId, losesTail: boolean): void {
    for (const end of this.#ends) {
      if (end.owner !== one || end.node !== other || end.hasEnded) continue;
      if (losesTail) end.losses += 1;
      if (losesTail && end.other !== undefined) end.other.losses += 1;
      this.#report(end, 1);
      if (end.other !== undefined) this.#report(end.other, this.wire(one, other).delay);
    }
  }

  repair(): void {
    this.#wires.clear();
    for (const end of this.#ends) for (const arrive of end.held.splice(0)) arrive();
  }

  kill(node: NodeId): void {
    for (const end of this.#ends) {
      if (end.owner !== node || end.hasEnded) continue;
      end.hasEnded = true;
      if (end.other !== undefined) this.#report(end.other, this.wire(node, end.node).delay);
    }
    this.#nodes.delete(node);
  }

  send(end: LinkEnd, borrowed: LinkItem): void {
    const { other, owner, node } = end;
    if (end.hasEnded || other === undefined) return;
    const item = borrowed.type === 'message' ? { ...borrowed, payload: borrowed.payload && borrowed.payload.slice() } : borrowed;
    const { losses } = other;
    this.#travel(owner, other, () => {
      if (losses === other.losses && !other.hasEnded) this.#nodes.get(node)?.listener?.received(other, item);
    });
  }

  /** All that was sent before arrives before the end. */
  end(end: LinkEnd): void {
    if (end.hasEnded) return;
    const { other, owner } = end;
    this.#report(end, 0);
    end.hasEnded = true;
    if (other !== undefined) this.#travel(owner, other, () => this.#reported(other));
  }

  /** @param step runs when the item has arrived at `end`. */
  #travel(from: NodeId, end: LinkEnd, step: () => void): void {
    const wire = this.wire(from, end.owner);
    const arrive = (): void => this.#arrive(end, this.wire(from, end.owner).delay, step);
    if (wire.isSilent) end.held.push(arrive);
    else arrive();
  }

  #report(end: LinkEnd, delay: Millis): void {
    this.#arrive(end, delay, () => this.#reported(end));
  }

  #reported(end: LinkEnd): void {
    if (end.isReported) return;
    end.isReported = true;
    end.hasEnded = true;
    this.#ends = this.#ends.filter((one) => one !== end);
    this.#nodes.get(end.owner)?.listener?.ended(end);
  }

  #arrive(end: LinkEnd, delay: Millis, step: () => void): void {
    end.last = Math.max(end.last, this.#clock.now() + delay);
    this.#clock.wakeAt(end.last, () => this.#nodes.get(end.owner)?.process.run(end, step));
  }

  #dial(from: NodeId, to: NodeId, invited: LinkInvitation): void {
    const there = this.wire(from, to);
    this.#clock.wakeAt(this.#clock.now() + there.delay, () => {
      const target = this.#nodes.get(to);
      if (there.isRefused || there.isSilent || target?.invitation.key !== invited.key || !this.#nodes.has(from)) return;
      const receiver = new LinkEnd(this, from, to, 'receiver');
      const sender = new LinkEnd(this, to, from, 'sender');
      receiver.other = sender;
      sender.other = receiver;
      this.#ends.push(receiver, sender);
      const open = (end: LinkEnd): void => this.#nodes.get(end.owner)?.listener?.opened(end, end.role);
      this.#arrive(sender, 0, () => open(sender));
      this.#arrive(receiver, this.wire(to, from).delay, () => open(receiver));
    });
  }

  #notify(from: NodeId, to: NodeId, message: NodeMessage): void {
    const wire = this.wire(from, to);
    if (wire.isRefused) return;
    this.#clock.wakeAt(this.#clock.now() + wire.delay, () => {
      const target = this.#nodes.get(to);
      target?.process.run('notices', () => target.bus?.onMessage(message));
    });
  }
}
