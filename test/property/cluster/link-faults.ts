import type { DeliveryModel } from './delivery-model.ts';
import type { SimulatedLinks } from './simulated-links.ts';
import type { SimulatedNode } from './simulated-node.ts';

/** Faults of the links between the nodes of a cluster. The model excuses their effects. */
export class LinkFaults {
  /** Undefined for a cluster without links. */
  readonly network: SimulatedLinks | undefined;
  readonly #model: DeliveryModel;
  readonly #nodes: readonly SimulatedNode[];
  /** Nodes with silent links. */
  readonly #silent = new Set<SimulatedNode>();

  /** @param nodes by their places; a killed node is replaced. */
  constructor(network: SimulatedLinks | undefined, model: DeliveryModel, nodes: readonly SimulatedNode[]) {
    this.network = network;
    this.#model = model;
    this.#nodes = nodes;
  }

  /** The links between two nodes end. @param losesTail whether items that are on their way are lost. */
  break(index: number, other: number, losesTail: boolean): void {
    this.#between(index, other, (network, one, two) => {
      network.break(one.id, two.id, losesTail);
      network.break(two.id, one.id, losesTail);
      this.#faulted([one, two]);
    });
  }

  /** Items from a node to another one arrive after the repair, as on a network that drops packets. */
  silence(index: number, other: number): void {
    this.#between(index, other, (network, one, two) => {
      network.wire(one.id, two.id).isSilent = true;
      for (const node of [one, two]) this.#silent.add(node);
      this.#faulted([one, two]);
    });
  }

  /** A node can't open links to another one, and its notices to it are lost. */
  refuse(index: number, other: number): void {
    this.#between(index, other, (network, one, two) => (network.wire(one.id, two.id).isRefused = true));
  }

  delay(index: number, other: number, delay: number): void {
    this.#between(index, other, (network, one, two) => (network.wire(one.id, two.id).delay = delay));
  }

  repair(): void {
    const silent = [...this.#silent];
    this.#silent.clear();
    if (silent.length > 0) this.#faulted(silent);
    this.network?.repair();
  }

  killed(node: SimulatedNode): void {
    this.network?.kill(node.id);
    this.#faulted([node]);
  }

  /** A node was suspended. The other nodes end their links to it after a time. */
  suspended(): void {
    this.#faulted([]);
  }

  resumed(): void {
    this.#faulted([]);
  }

  #faulted(nodes: readonly SimulatedNode[]): void {
    if (this.network === undefined) return;
    this.#model.linkFault(this.#silent.size > 0 || this.#nodes.some(({ process }) => process.isSuspended));
    for (const node of nodes) this.#model.faulted(node);
  }

  #between(index: number, other: number, act: (network: SimulatedLinks, one: SimulatedNode, two: SimulatedNode) => void): void {
    const [one, two] = [index, other].map((place) => this.#nodes[place % this.#nodes.length]);
    if (this.network !== undefined && one !== undefined && two !== undefined && one !== two) act(this.network, one, two);
  }
}
