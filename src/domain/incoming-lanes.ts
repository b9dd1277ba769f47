import type { PeerId } from './ids.ts';
import type { Session } from './session.ts';

/**
 * `collecting`: the mailbox of the receiver is fetched, so that no earlier message of the sender is left in it. `verifying`: the
 * directory is asked whether the sender still belongs to the other node. `open`: messages are delivered. `closed`: no message is.
 */
export type LanePhase = 'locating' | 'collecting' | 'verifying' | 'open' | 'closed';

/** A lane from a peer of another node to a session of this node. */
export interface IncomingLane<S extends Session = Session> {
  readonly session: S;
  readonly from: PeerId;
  phase: LanePhase;
}

/** All lanes to the sessions of this node. At most one lane of each pair is open. */
export class IncomingLanes<Lane extends IncomingLane> {
  readonly #bySession = new Map<Session, Map<PeerId, Set<Lane>>>();
  readonly #bySender = new Map<string, Set<Lane>>();

  get isEmpty(): boolean {
    return this.#bySession.size === 0 && this.#bySender.size === 0;
  }

  add(lane: Lane): void {
    const { session, from } = lane;
    const ofSession = this.#bySession.get(session) ?? new Map<PeerId, Set<Lane>>();
    this.#bySession.set(session, ofSession);
    setIn(ofSession, from).add(lane);
    setIn(this.#bySender, senderKey(session, from)).add(lane);
  }

  remove(lane: Lane): void {
    const { session, from } = lane;
    const ofSession = this.#bySession.get(session);
    if (ofSession === undefined) return;
    removeFrom(ofSession, from, lane);
    if (ofSession.size === 0) this.#bySession.delete(session);
    removeFrom(this.#bySender, senderKey(session, from), lane);
  }

  /**
   * The lane may open, because at this moment its sender belongs to the other node, and its mailbox was fetched.
   * @returns the open lane of the same pair, which is to be closed: its connection was the earlier one of the sender.
   */
  open(lane: Lane): Lane | undefined {
    const before = this.ofPair(lane.session, lane.from).find(({ phase }) => phase === 'open');
    lane.phase = 'open';
    return before;
  }

  /**
   * A message of the sender was fetched from the mailbox: the sender uses the mailbox, possibly on a later connection at another
   * node. A lane that has not begun to verify its sender fetches again, or verifies later.
   * @returns the lanes to close.
   */
  fetchedFrom(session: Session, from: PeerId): Lane[] {
    return this.ofPair(session, from).filter(({ phase }) => phase === 'open' || phase === 'verifying');
  }

  ofPair(session: Session, from: PeerId): Lane[] {
    return [...(this.#bySession.get(session)?.get(from) ?? [])];
  }

  ofSession(session: Session): Lane[] {
    return [...(this.#bySession.get(session)?.values() ?? [])].flatMap((lanes) => [...lanes]);
  }

  /** Lanes from the peer `id`, in the realm with the key `realm`. */
  ofSender(realm: string, id: string): Lane[] {
    return [...(this.#bySender.get(keyOf(realm, id)) ?? [])];
  }

  hasSession(session: Session): boolean {
    return this.#bySession.has(session);
  }
}

function senderKey({ realm }: Session, from: PeerId): string {
  return keyOf(realm.key, from);
}

/** Realm keys contain no line feed. */
function keyOf(realm: string, id: string): string {
  return `${realm}\n${id}`;
}

function setIn<Key, Item>(map: Map<Key, Set<Item>>, key: Key): Set<Item> {
  const set = map.get(key) ?? new Set<Item>();
  map.set(key, set);
  return set;
}

function removeFrom<Key, Item>(map: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const set = map.get(key);
  if (set?.delete(item) === true && set.size === 0) map.delete(key);
}
