import { createHash } from 'node:crypto';
import type {
  Claim,
  ClaimAnswer,
  ClaimOutcome,
  PeerDirectory,
  RenewOutcome,
  SupersededClaim,
} from '../../../application/ports/peer-directory.ts';
import type { ClaimNumber } from '../../../domain/claim-number.ts';
import { nodeId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { worstOutcome } from '../shared/renew-outcomes.ts';
import { encodeBusMessage } from '../shared/bus-messages.ts';
import { RETENTION_LEASES } from './directory-scripts.ts';
import { listOf, textOf } from './replies.ts';
import type { ScriptRunner } from './script-runner.ts';

export interface RedisDirectorySettings {
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  /** O6: peers of one realm, in the whole cluster. */
  readonly concurrentLimit: number;
}

/** Superseded claims that one renewal returns. */
const MAX_SUPERSEDED = 1_000;
/** Claims that one script checks. */
const SCAN_COUNT = 500;
/** The first cursor of a scan, and the one that Redis returns at the end. */
const CURSOR_ZERO = '0';

/** The directory in Redis or Valkey. Leases end by the clock of Redis. Tokens are stored as digests only. */
export class RedisPeerDirectory implements PeerDirectory {
  readonly lease: Millis;
  readonly #runner: ScriptRunner;
  readonly #settings: RedisDirectorySettings;
  /** Era of the last granted claim. */
  #era = '';
  /** Claims without a reply that have not been released. */
  readonly #pendingClaims = new Set<Claim>();
  /** Dead nodes whose claims are being removed, as "realm node". */
  readonly #removing = new Set<string>();

  constructor(runner: ScriptRunner, settings: RedisDirectorySettings) {
    this.#runner = runner;
    this.#settings = settings;
    this.lease = settings.lease;
  }

  claim(claim: Claim, answer: ClaimAnswer): void {
    const { realm, id, connection } = claim;
    const { concurrentLimit } = this.#settings;
    const args = [id, realm.node, connection, tokenDigest(claim), this.lease, concurrentLimit, supersededMessage(claim)];
    this.#pendingClaims.add(claim);
    this.#runner.run(
      // A connection that closed before its claim was sent must not take the id from its owner.
      () => (this.#pendingClaims.has(claim) ? 'claim' : 'release'),
      realm.key,
      args,
      (reply) => {
        this.#pendingClaims.delete(claim);
        const [outcome, era, count, node, before] = listOf(reply).map(textOf);
        if (outcome !== 'granted') return answer(outcome === 'full' ? 'full' : 'taken');
        const holder = node === undefined ? undefined : { node: nodeId(node), connection: Number(before) as ConnectionId };
        answer('granted', holder, this.#numberOf(era, count));
      },
      () => {
        this.#pendingClaims.delete(claim);
        answer('full');
      },
    );
  }

  check(claim: Omit<Claim, 'connection'>, answer: (outcome: ClaimOutcome) => void): void {
    this.#runner.run(
      'check',
      claim.realm.key,
      [claim.id, tokenDigest(claim), this.#settings.concurrentLimit],
      (reply) => {
        const outcome = textOf(reply);
        answer(outcome === 'taken' || outcome === 'full' ? outcome : 'granted');
      },
      () => answer('full'),
    );
  }

  confirm(claim: Claim, ifFree: boolean, answer: (outcome: 'held' | 'lost') => void): void {
    const { realm, id, connection, claimNumber } = claim;
    const { era = '', count = '' } = claimNumber ?? {};
    const message = ifFree ? supersededMessage(claim) : '';
    const args = [id, realm.node, connection, tokenDigest(claim), ifFree ? '1' : '0', era, count, message];
    this.#runner.run(
      'confirm',
      realm.key,
      args,
      (reply) => answer(textOf(reply) === 'lost' ? 'lost' : 'held'),
      // Unknown: the claim is confirmed again later.
      () => answer('held'),
    );
  }

  release(claim: Claim): void {
    const { realm, id, connection } = claim;
    this.#pendingClaims.delete(claim);
    this.#runner.run(
      'release',
      realm.key,
      [id, realm.node, connection, '', this.lease],
      () => undefined,
      () => undefined,
    );
  }

  renewLease(node: NodeId, answer: (outcome: RenewOutcome, superseded?: readonly SupersededClaim[]) => void): void {
    const { realms } = this.#settings;
    const outcomes: RenewOutcome[] = [];
    const superseded: SupersededClaim[] = [];
    const settle = (outcome: RenewOutcome): void => {
      outcomes.push(outcome);
      if (outcomes.length === realms.length) answer(worstOutcome(outcomes), superseded);
    };
    for (const realm of realms) {
      this.#runner.run(
        'renew',
        realm,
        [node, this.lease, this.lease * RETENTION_LEASES, MAX_SUPERSEDED],
        (reply) => {
          const [first, moved, ...dead] = listOf(reply);
          const outcome = textOf(first);
          superseded.push(...listOf(moved).map((claim) => supersededClaim(realm, textOf(claim))));
          for (const other of dead) this.#removeDeadNode(realm, textOf(other));
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

  /** The claims of an era share its text. Undefined for the reply of a repeated claim that Redis has forgotten. */
  #numberOf(era: string | undefined, count: string | undefined): ClaimNumber | undefined {
    if (era === undefined || count === undefined) return undefined;
    if (era !== this.#era) this.#era = era;
    return { era: this.#era, count: Number(count) };
  }

  present(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#listFrom(realm, CURSOR_ZERO, [], new Set(), answer);
  }

  /** In steps, so that no step blocks Redis or the process for long. @param known the ids in the list. */
  #listFrom(realm: RealmKey, cursor: string, ids: PeerId[], known: Set<string>, answer: (ids: readonly PeerId[]) => void): void {
    this.#runner.run(
      'listPeers',
      realm,
      [cursor, SCAN_COUNT],
      (reply) => {
        const [next, ...more] = listOf(reply).map(textOf);
        for (const id of more) {
          if (!known.has(id)) ids.push(id as PeerId);
          known.add(id);
        }
        if (next === undefined || next === CURSOR_ZERO) return answer(ids);
        this.#listFrom(realm, next, ids, known, answer);
      },
      () => answer([]),
    );
  }

  /** Removes the claims and the lease of a node that has been dead for long. */
  #removeDeadNode(realm: RealmKey, node: string): void {
    const key = `${realm} ${node}`;
    if (this.#removing.has(key)) return;
    this.#removing.add(key);
    this.#removeClaims(realm, node, CURSOR_ZERO, () => this.#removing.delete(key));
  }

  #removeClaims(realm: RealmKey, node: string, cursor: string, then: () => void): void {
    this.#runner.run(
      'removeNode',
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

function supersededMessage({ realm, id, connection }: Claim): string {
  return encodeBusMessage(realm.node, { type: 'superseded', realm: realm.key, id, connection });
}

function tokenDigest({ token }: Pick<Claim, 'token'>): string {
  return createHash('sha256').update(token.identity).digest('base64url');
}

/** @param claim "connection id" */
function supersededClaim(realm: RealmKey, claim: string): SupersededClaim {
  const space = claim.indexOf(' ');
  return { realm, id: claim.slice(space + 1) as PeerId, connection: Number(claim.slice(0, space)) as ConnectionId };
}
