import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DELETE_GRACE_MS } from '../../../src/adapters/engines/nats/batch-table.ts';
import type { StoredMessage, ClaimOwner, ClaimEntry, RemovalEntry } from '../../../src/adapters/engines/nats/entries.ts';
import { messageIdOf } from '../../../src/adapters/engines/nats/keys.ts';
import { JournalState } from '../../../src/adapters/engines/nats/journal-state.ts';
import { BUCKET_HISTORY, type EntryPosition } from '../../../src/adapters/engines/nats/known-claim.ts';
import { connectionId, nodeId, type NodeId, type PeerId } from '../../../src/domain/ids.ts';

const LEASE = 1_000;
const LIMITS = {
  mailboxMessages: 3,
  mailboxBytes: 1_000,
  realmMailboxBytes: 2_500,
  mailboxesPerSender: 2,
  sendBufferBytes: 1_000,
  expireTimeout: 5_000,
};
const NODES = ['a', 'b', 'c'].map(nodeId) as [NodeId, NodeId, NodeId];
const IDS = ['ann', 'bob', 'cem', 'eve'] as PeerId[];

type Entry = EntryPosition &
  (
    | { readonly kind: 'claim'; readonly id: PeerId; readonly claim: ClaimEntry }
    | { readonly kind: 'removal'; readonly id: PeerId; readonly removal: RemovalEntry }
    | { readonly kind: 'batch'; readonly messageId: string; readonly messages: readonly StoredMessage[] }
    | { readonly kind: 'lease'; readonly node: NodeId }
  );

/** A journal as NATS stores it: the last entries of each key, without deleted ones. */
class Journal {
  readonly state = newState(NODES[0]);
  readonly #deleted = new Set<number>();
  #all: Entry[] = [];
  #revision = 0;
  at = 0;

  get stored(): readonly Entry[] {
    const laterCount = new Map<string, number>();
    const kept = this.#all.toReversed().filter((entry) => {
      const count = laterCount.get(keyOf(entry)) ?? 0;
      laterCount.set(keyOf(entry), count + 1);
      return count < BUCKET_HISTORY && !this.#deleted.has(entry.revision);
    });
    return kept.toReversed();
  }

  append(entry: Entry extends infer E ? (E extends Entry ? Omit<E, keyof EntryPosition> : never) : never): number {
    const whole = { ...entry, revision: ++this.#revision, at: this.at } as Entry;
    this.#all.push(whole);
    apply(this.state, whole);
    // The author deletes its consumed batches.
    for (const revision of this.state.batches.takeDeletable(this.state.now)) this.#deleted.add(revision);
    return whole.revision;
  }
}

const action = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), node: fc.nat(2), id: fc.nat(3) }),
  fc.record({ do: fc.constant('release' as const), id: fc.nat(3) }),
  fc.record({ do: fc.constant('collect' as const), id: fc.nat(3), most: fc.nat(3), isStale: fc.boolean() }),
  fc.record({
    do: fc.constant('put' as const),
    all: fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), isLate: fc.boolean(), size: fc.nat(300) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ do: fc.constant('keep' as const), node: fc.nat(2), times: fc.constantFrom(1, 2, BUCKET_HISTORY) }),
  fc.record({ do: fc.constant('wait' as const), span: fc.oneof(fc.nat(700), fc.nat(2 * DELETE_GRACE_MS)) }),
);

it('O3, O11: a late reader, after deletions, derives the same state as a reader of all entries', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const journal = new Journal();
      for (const node of NODES) journal.append({ kind: 'lease', node });
      let count = 0;
      const owners = new Map<PeerId, ClaimOwner>();
      for (const one of actions) {
        const id = 'id' in one ? (IDS[one.id] as PeerId) : (IDS[0] as PeerId);
        const claim = journal.state.claim(id);
        const changeId = String(++count);
        if (one.do === 'wait') journal.at += one.span;
        for (let n = 0; one.do === 'keep' && n < one.times; n++) {
          journal.at += LEASE / 2;
          journal.append({ kind: 'lease', node: NODES[one.node] as NodeId });
        }
        // A node renews its lease before it claims.
        if (one.do === 'claim') journal.append({ kind: 'lease', node: NODES[one.node] as NodeId });
        if (one.do === 'claim') {
          const owner = { node: NODES[one.node] as NodeId, connection: connectionId(count, 0), digest: 'hers' };
          if (!owners.has(id)) owners.set(id, owner);
          journal.append({ kind: 'claim', id, claim: { owner, changeId } });
        }
        if (one.do === 'release' && claim !== undefined) {
          journal.append({ kind: 'claim', id, claim: { owner: undefined, changeId } });
        }
        if (one.do === 'collect') {
          const last = journal.state.messages.for(id).slice(0, one.most).at(-1);
          // A removal of an earlier owner may arrive late.
          const owner = one.isStale ? owners.get(id) : claim?.owner;
          const { node, connection } = owner ?? { node: NODES[1], connection: connectionId(0, 0) };
          if (last !== undefined) journal.append({ kind: 'removal', id, removal: { node, connection, upTo: last.position } });
        }
        if (one.do === 'put') {
          const messages = one.all.map(({ from, to, isLate, size }): StoredMessage => {
            const [sender, addressee] = [IDS[from], IDS[to]] as [PeerId, PeerId];
            const owner = isLate ? owners.get(sender) : journal.state.claim(sender)?.owner;
            return { from: sender, to: addressee, sender: owner, kind: 'offer', payload: new Uint8Array(size) };
          });
          journal.append({ kind: 'batch', messageId: messageIdOf(NODES[0], count), messages });
        }
      }
      // A new reader writes an entry, whose timestamp is the current time.
      journal.append({ kind: 'lease', node: nodeId('z') });
      const late = newState(NODES[2]);
      for (const entry of journal.stored) apply(late, entry);
      late.finishInitialRead(newState(NODES[2]), true);
      for (const id of IDS) {
        expect(late.activeOwner(id)).toEqual(journal.state.activeOwner(id));
        expect(late.messages.for(id).map(({ position }) => position)).toEqual(
          journal.state.messages.for(id).map(({ position }) => position),
        );
      }
      expect(late.messages.bytes).toBe(journal.state.messages.bytes);
      for (const id of IDS) expect(late.claimCount(id)).toBe(journal.state.claimCount(id));
    }),
    { numRuns: 1_000 },
  );
});

function newState(node: NodeId): JournalState {
  return new JournalState({ ...LIMITS, node, lease: LEASE });
}

function apply(state: JournalState, entry: Entry): void {
  if (entry.kind === 'claim') state.applyClaim(entry.id, entry.claim, entry);
  else if (entry.kind === 'removal') state.applyRemoval(entry.id, entry.removal, entry);
  else if (entry.kind === 'batch') {
    state.applyBatch({ kind: 'batch', messageId: entry.messageId, author: NODES[0] }, entry.messages, entry);
  } else state.applyLease(entry.node, entry);
}

function keyOf(entry: Entry): string {
  if (entry.kind === 'claim') return `claim ${entry.id}`;
  if (entry.kind === 'removal') return `removal ${entry.id} ${entry.removal.node}`;
  return entry.kind === 'batch' ? `batch ${entry.messageId}` : `lease ${entry.node}`;
}
