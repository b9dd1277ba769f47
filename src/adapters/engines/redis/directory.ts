import { createHash } from 'node:crypto';
import type { Claim, ClaimOutcome, Holder, KeepOutcome, PeerDirectory } from '../../../application/ports/peer-directory.ts';
import { nodeId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worst } from '../shared/keep-outcomes.ts';
import { writeWord } from '../shared/words.ts';
import { listOf, textOf, type RedisLink } from './link.ts';

export interface RedisDirectorySettings {
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** After so many leases nobody comes back: what a node had claimed is dropped. */
const LEASES_REMEMBERED = 20;
/** Claims that one script looks at. */
const BATCH = 500;
/** Where a scan begins, and its cursor at the end. */
const ENDS = '0';

/** Who owns an id, in Redis or Valkey. Leases end by the engine's time. Tokens stand there as digests only. */
export class RedisPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #link: RedisLink;
  readonly #settings: RedisDirectorySettings;
  /** Claims that have no answer yet, and have not been given back. */
  readonly #wanted = new Set<Claim>();
  /** Dead nodes whose claims are being dropped, with the realm in front. */
  readonly #forgetting = new Set<string>();

  constructor(link: RedisLink, settings: RedisDirectorySettings) {
    this.#link = link;
    this.#settings = settings;
    this.lease = settings.lease;
  }

  claim(claim: Claim, answer: (outcome: ClaimOutcome, before?: Holder) => void): void {
    const { realm, id, connection } = claim;
    const word = writeWord(realm.node, { say: 'superseded', realm: realm.key, id, connection });
    const given = [id, realm.node, connection, digestOf(claim), this.lease, this.#settings.concurrentLimit, word];
    this.#wanted.add(claim);
    this.#link.ask(
      // Whoever has gone while the engine was out of reach takes the id from nobody.
      () => (this.#wanted.has(claim) ? 'claim' : 'release'),
      realm.key,
      given,
      (reply) => {
        this.#wanted.delete(claim);
        const [outcome, node, before] = listOf(reply).map(textOf);
        if (outcome !== 'granted') return answer(outcome === 'full' ? 'full' : 'taken');
        const holder = node === undefined ? undefined : { node: nodeId(node), connection: Number(before) as ConnectionId };
        answer('granted', holder);
      },
      () => {
        this.#wanted.delete(claim);
        answer('full');
      },
    );
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const { realm, id, connection } = claim;
    const given = [id, realm.node, connection, digestOf(claim), ifFree ? '1' : '0'];
    this.#link.ask(
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
    this.#wanted.delete(claim);
    this.#link.ask(
      'release',
      realm.key,
      [id, realm.node, connection],
      () => undefined,
      () => undefined,
    );
  }

  keep(node: NodeId, answer: (outcome: KeepOutcome) => void): void {
    const { realms } = this.#settings;
    const outcomes: KeepOutcome[] = [];
    const settle = (outcome: KeepOutcome): void => {
      outcomes.push(outcome);
      if (outcomes.length === realms.length) answer(worst(outcomes));
    };
    for (const realm of realms) {
      this.#link.ask(
        'keep',
        realm,
        [node, this.lease, this.lease * LEASES_REMEMBERED],
        (reply) => {
          const [outcome, ...dead] = listOf(reply).map(textOf);
          for (const other of dead) this.#forget(realm, other);
          settle(outcome === 'kept' || outcome === 'lapsed' ? outcome : 'unknown');
        },
        () => settle('failed'),
      );
    }
  }

  locate(realm: RealmKey, id: PeerId, answer: (node: NodeId | undefined) => void): void {
    this.#link.ask(
      'locate',
      realm,
      [id],
      (reply) => answer(textOf(reply) === '' ? undefined : nodeId(textOf(reply))),
      () => answer(undefined),
    );
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#present(realm, ENDS, new Set(), answer);
  }

  /** In steps, so that no step keeps the engine busy. */
  #present(realm: RealmKey, cursor: string, ids: Set<PeerId>, answer: (ids: readonly PeerId[]) => void): void {
    this.#link.ask(
      'present',
      realm,
      [cursor, BATCH],
      (reply) => {
        const [next, ...more] = listOf(reply).map(textOf);
        for (const id of more) ids.add(id as PeerId);
        if (next === undefined || next === ENDS) return answer([...ids]);
        this.#present(realm, next, ids, answer);
      },
      () => answer([]),
    );
  }

  /** A node that has been dead for long leaves its claims behind, and its name. */
  #forget(realm: RealmKey, node: string): void {
    const key = `${realm} ${node}`;
    if (this.#forgetting.has(key)) return;
    this.#forgetting.add(key);
    this.#forgetFrom(realm, node, ENDS, () => this.#forgetting.delete(key));
  }

  #forgetFrom(realm: RealmKey, node: string, cursor: string, then: () => void): void {
    this.#link.ask(
      'forget',
      realm,
      [node, cursor, BATCH],
      (reply) => {
        const next = textOf(reply);
        if (next === ENDS || next === '') return then();
        this.#forgetFrom(realm, node, next, then);
      },
      then,
    );
  }
}

function digestOf({ token }: Claim): string {
  return createHash('sha256').update(token.reveal()).digest('base64url');
}
