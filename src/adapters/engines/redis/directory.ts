import { createHash } from 'node:crypto';
import type { Claim, ClaimOutcome, Holder, RenewOutcome, PeerDirectory } from '../../../application/ports/peer-directory.ts';
import { nodeId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worstOutcome } from '../shared/keep-outcomes.ts';
import { encodeBusMessage } from '../shared/bus-messages.ts';
import { listOf, textOf, type ScriptRunner } from './script-runner.ts';

export interface RedisDirectorySettings {
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** After so many leases nobody comes back: what a node had claimed is dropped. */
const DEAD_NODE_RETENTION_LEASES = 20;
/** Claims that one script looks at. */
const SCAN_COUNT = 500;
/** Where a scan begins, and its cursor at the end. */
const CURSOR_ZERO = '0';

/** Who owns an id, in Redis or Valkey. Leases end by the engine's time. Tokens stand there as digests only. */
export class RedisPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #runner: ScriptRunner;
  readonly #settings: RedisDirectorySettings;
  /** Claims that have no answer yet, and have not been given back. */
  readonly #pendingClaims = new Set<Claim>();
  /** Dead nodes whose claims are being dropped, with the realm in front. */
  readonly #removing = new Set<string>();

  constructor(link: ScriptRunner, settings: RedisDirectorySettings) {
    this.#runner = link;
    this.#settings = settings;
    this.lease = settings.lease;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void {
    const { realm, id, connection } = claim;
    const word = encodeBusMessage(realm.node, { type: 'superseded', realm: realm.key, id, connection });
    const given = [id, realm.node, connection, tokenDigest(claim), this.lease, this.#settings.concurrentLimit, word];
    this.#pendingClaims.add(claim);
    this.#runner.run(
      // Whoever has gone while the engine was out of reach takes the id from nobody.
      () => (this.#pendingClaims.has(claim) ? 'claim' : 'release'),
      realm.key,
      given,
      (reply) => {
        this.#pendingClaims.delete(claim);
        const [outcome, node, before] = listOf(reply).map(textOf);
        if (outcome !== 'granted') return answer(outcome === 'full' ? 'full' : 'taken');
        const holder = node === undefined ? undefined : { node: nodeId(node), connection: Number(before) as ConnectionId };
        answer('granted', holder);
      },
      () => {
        this.#pendingClaims.delete(claim);
        answer('full');
      },
    );
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const { realm, id, connection } = claim;
    const given = [id, realm.node, connection, tokenDigest(claim), ifFree ? '1' : '0'];
    this.#runner.run(
      'confirm',
      realm.key,
      given,
      (reply) => answer(textOf(reply) === 'lost' ? 'lost' : 'held'),
      // Nobody knows: it is asked again later.
      () => answer('held'),
    );
  }

  release(claim: Claim): void {
    const { realm, id, connection } = claim;
    this.#pendingClaims.delete(claim);
    this.#runner.run(
      'release',
      realm.key,
      [id, realm.node, connection],
      () => undefined,
      () => undefined,
    );
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome) => void): void {
    const { realms } = this.#settings;
    const outcomes: RenewOutcome[] = [];
    const settle = (outcome: RenewOutcome): void => {
      outcomes.push(outcome);
      if (outcomes.length === realms.length) answer(worstOutcome(outcomes));
    };
    for (const realm of realms) {
      this.#runner.run(
        'keep',
        realm,
        [node, this.lease, this.lease * DEAD_NODE_RETENTION_LEASES],
        (reply) => {
          const [outcome, ...dead] = listOf(reply).map(textOf);
          for (const other of dead) this.#removeDeadNode(realm, other);
          settle(outcome === 'kept' || outcome === 'lapsed' ? outcome : 'unknown');
        },
        () => settle('failed'),
      );
    }
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#runner.run(
      'locate',
      realm,
      [id],
      (reply) => answer(textOf(reply) === '' ? undefined : nodeId(textOf(reply))),
      () => answer(undefined),
    );
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#listFrom(realm, CURSOR_ZERO, new Set(), answer);
  }

  /** In steps, so that no step keeps the engine busy. */
  #listFrom(realm: RealmKey, cursor: string, ids: Set<PeerId>, answer: (ids: readonly PeerId[]) => void): void {
    this.#runner.run(
      'present',
      realm,
      [cursor, SCAN_COUNT],
      (reply) => {
        const [next, ...more] = listOf(reply).map(textOf);
        for (const id of more) ids.add(id as PeerId);
        if (next === undefined || next === CURSOR_ZERO) return answer([...ids]);
        this.#listFrom(realm, next, ids, answer);
      },
      () => answer([]),
    );
  }

  /** A node that has been dead for long leaves its claims behind, and its name. */
  #removeDeadNode(realm: RealmKey, node: string): void {
    const key = `${realm} ${node}`;
    if (this.#removing.has(key)) return;
    this.#removing.add(key);
    this.#removeClaims(realm, node, CURSOR_ZERO, () => this.#removing.delete(key));
  }

  #removeClaims(realm: RealmKey, node: string, cursor: string, then: () => void): void {
    this.#runner.run(
      'forget',
      realm,
      [node, cursor, SCAN_COUNT],
      (reply) => {
        const next = textOf(reply);
        if (next === CURSOR_ZERO || next === '') return then();
        this.#removeClaims(realm, node, next, then);
      },
      then,
    );
  }
}

function tokenDigest({ token }: Claim): string {
  return createHash('sha256').update(token.reveal()).digest('base64url');
}
