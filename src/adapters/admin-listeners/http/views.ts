import type {
  Activity,
  CloseEntry,
  NodeOverview,
  PeerDetails,
  PeerPage,
  PeerSummary,
  RefusalEntry,
  TraceLine,
} from '../../../application/ports/operations.ts';
import type { Ban } from '../../../domain/bans.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** Converts the facts of the broker to JSON: its clock to dates, and milliseconds to seconds. Undefined members are left out. */
export class Views {
  readonly #clock: () => Millis;

  /** @param clock the clock of the broker. */
  constructor(clock: () => Millis) {
    this.#clock = clock;
  }

  node({ upFor, ...node }: NodeOverview): object {
    return { ...node, startedAt: this.#ago(upFor), upSeconds: seconds(upFor) };
  }

  nodeState({ node, version, isDraining, isEngineReachable, connections, peers, bans }: NodeOverview): object {
    return { node, version, isDraining, isEngineReachable, connections, peers, bans };
  }

  page({ peers, next, missing }: PeerPage): object {
    return { peers: peers.map((peer) => this.peer(peer)), next: next ?? null, missing };
  }

  peer({ openFor, idleFor, ...peer }: PeerSummary): object {
    return { ...peer, openedAt: this.#ago(openFor), idleSeconds: seconds(idleFor) };
  }

  details({ expiresIn, ...peer }: PeerDetails): object {
    const expiresAt = expiresIn === undefined ? undefined : this.#ago(-expiresIn);
    return { ...this.peer(peer), expiresAt };
  }

  ban({ id, what, value, realm, endsAt, reason }: Ban): object {
    return { id, what, value, realm, until: endsAt === NEVER ? undefined : this.#date(endsAt), reason };
  }

  refusal({ at, ...refusal }: RefusalEntry): object {
    return { at: this.#date(at), ...refusal };
  }

  close({ at, openFor, ...close }: CloseEntry): object {
    return { at: this.#date(at), ...close, openSeconds: openFor === undefined ? undefined : seconds(openFor) };
  }

  traceLine({ at, ...line }: TraceLine): object {
    return { at: this.#date(at), ...line };
  }

  /** ADM7: one line a second. */
  second({
    connections,
    peers,
    perSecond,
  }: Pick<NodeOverview, 'connections' | 'peers'> & { readonly perSecond: Activity }): object {
    return { at: this.#ago(0), connections, peers, perSecond };
  }

  #date(at: Millis): string {
    return this.#ago(this.#clock() - at);
  }

  #ago(span: Millis): string {
    return new Date(Date.now() - span).toISOString();
  }
}

function seconds(span: Millis): number {
  return Math.round(span / 100) / 10;
}
