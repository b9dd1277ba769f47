import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Letter, Owner, Seat } from '../../../src/adapters/engines/nats/entries.ts';
import { ticketOf } from '../../../src/adapters/engines/nats/keys.ts';
import { Ledger, type Written } from '../../../src/adapters/engines/nats/ledger.ts';
import { connectionId, nodeId, type NodeId, type PeerId } from '../../../src/domain/ids.ts';

const LEASE = 1_000;
const LIMITS = { mailboxMessages: 3, mailboxBytes: 1_000, realmMailboxBytes: 2_500, mailboxesPerSender: 2, expireTimeout: 5_000 };
const NODES = ['a', 'b', 'c'].map(nodeId) as [NodeId, NodeId, NodeId];
const IDS = ['ann', 'bob', 'cem', 'eve'] as PeerId[];

type Entry = Written &
  (
    | { readonly of: 'seat'; readonly id: PeerId; readonly seat: Seat }
    | { readonly of: 'letter'; readonly to: PeerId; readonly ticket: string; readonly letter: Letter }
    | { readonly of: 'lease'; readonly node: NodeId }
  );

/** A journal as an engine keeps it: of each key the last entry, and what was erased is not there. */
class Journal {
  readonly ledger = newLedger(NODES[0]);
  readonly refused = new Set<number>();
  #all: Entry[] = [];
  #revision = 0;
  at = 0;

  get stands(): readonly Entry[] {
    const last = new Map<string, Entry>();
    for (const entry of this.#all) last.set(keyOf(entry), entry);
    return this.#all.filter((entry) => last.get(keyOf(entry)) === entry && !this.refused.has(entry.revision));
  }

  append(entry: Entry extends infer E ? (E extends Entry ? Omit<E, keyof Written> : never) : never): number {
    const whole = { ...entry, revision: ++this.#revision, at: this.at } as Entry;
    this.#all.push(whole);
    const waited = whole.of === 'letter' ? this.ledger.letters.of(whole.to).length : 0;
    enter(this.ledger, whole);
    // Who put what is void erases it.
    if (whole.of === 'letter' && this.ledger.letters.of(whole.to).length === waited) this.refused.add(whole.revision);
    return whole.revision;
  }
}

const deed = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), node: fc.nat(2), id: fc.nat(3) }),
  fc.record({ do: fc.constant('release' as const), id: fc.nat(3) }),
  fc.record({ do: fc.constant('collect' as const), id: fc.nat(3), most: fc.nat(3) }),
  fc.record({ do: fc.constant('put' as const), from: fc.nat(3), to: fc.nat(3), isLate: fc.boolean(), size: fc.nat(300) }),
  fc.record({ do: fc.constant('keep' as const), node: fc.nat(2) }),
  fc.record({ do: fc.constant('wait' as const), span: fc.nat(700) }),
);

it('O3, O11: who begins to read later, when much was erased, comes to the same as who read it all', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const journal = new Journal();
      for (const node of NODES) journal.append({ of: 'lease', node });
      let count = 0;
      const owners = new Map<PeerId, Owner>();
      for (const one of deeds) {
        const id = 'id' in one ? (IDS[one.id] as PeerId) : (IDS[0] as PeerId);
        const seat = journal.ledger.seat(id);
        const collected = seat?.collected ?? 0;
        const by = String(++count);
        if (one.do === 'wait') journal.at += one.span;
        if (one.do === 'keep') journal.append({ of: 'lease', node: NODES[one.node] as NodeId });
        // A node that claims has kept its lease.
        if (one.do === 'claim') journal.append({ of: 'lease', node: NODES[one.node] as NodeId });
        if (one.do === 'claim') {
          const owner = { node: NODES[one.node] as NodeId, connection: connectionId(count, 0), digest: 'hers' };
          if (!owners.has(id)) owners.set(id, owner);
          journal.append({ of: 'seat', id, seat: { owner, collected, by } });
        }
        if (one.do === 'release' && seat !== undefined) {
          journal.append({ of: 'seat', id, seat: { owner: undefined, collected, by } });
        }
        if (one.do === 'collect') {
          const taken = journal.ledger.letters.of(id).slice(0, one.most).at(-1);
          if (taken !== undefined) {
            journal.append({ of: 'seat', id, seat: { owner: seat?.owner, collected: taken.revision, by } });
          }
        }
        if (one.do === 'put') {
          const [from, to] = [IDS[one.from], IDS[one.to]] as [PeerId, PeerId];
          const sender = one.isLate ? owners.get(from) : journal.ledger.seat(from)?.owner;
          const letter: Letter = { from, sender, kind: 'offer', payload: new Uint8Array(one.size) };
          journal.append({ of: 'letter', to, ticket: ticketOf(NODES[1], count), letter });
        }
      }
      // Who begins to read says so: from that it knows what time it is.
      journal.append({ of: 'lease', node: nodeId('z') });
      const late = newLedger(NODES[2]);
      for (const entry of journal.stands) enter(late, entry);
      late.begun();
      for (const id of IDS) {
        expect(late.owner(id)).toEqual(journal.ledger.owner(id));
        expect(late.letters.of(id).map(({ revision }) => revision)).toEqual(
          journal.ledger.letters.of(id).map(({ revision }) => revision),
        );
      }
      expect(late.letters.bytes).toBe(journal.ledger.letters.bytes);
      expect(late.owned).toBe(journal.ledger.owned);
    }),
    { numRuns: 1_000 },
  );
});

function newLedger(node: NodeId): Ledger {
  return new Ledger({ ...LIMITS, node, lease: LEASE });
}

function enter(ledger: Ledger, entry: Entry): void {
  if (entry.of === 'seat') ledger.readSeat(entry.id, entry.seat, entry);
  else if (entry.of === 'letter') ledger.readLetter(entry.to, entry.ticket, entry.letter, entry);
  else ledger.readLease(entry.node, entry);
}

function keyOf(entry: Entry): string {
  if (entry.of === 'seat') return `seat ${entry.id}`;
  return entry.of === 'letter' ? `letter ${entry.ticket}` : `lease ${entry.node}`;
}
