import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { NodeId, PeerId } from '../../../src/domain/ids.ts';
import { ROOMY } from '../mailboxes/fixture.ts';
import { LEASE, SHARED_CLAUSES, type EngineSubject } from './shared-clauses.ts';

type Tell = (node: NodeId, word: BusMessage) => void;

/** What a fault changes of an engine that has none. */
interface Fault {
  readonly directory?: (right: MemoryPeerDirectory, ids: () => readonly PeerId[]) => Partial<PeerDirectory>;
  readonly mailboxes?: (right: MemoryMailboxStore, directory: MemoryPeerDirectory) => Partial<MailboxStore>;
  readonly tells?: (tell: Tell, all: () => Iterable<NodeId>) => Tell;
}

const MUTANTS: readonly { readonly fault: string; readonly make: Fault; readonly dies: readonly string[] }[] = [
  {
    fault: 'does not say who held what it grants',
    make: { directory: (right) => ({ claim: (claim, answer) => right.claim(claim, (outcome) => answer(outcome)) }) },
    dies: ['O5: who is granted an id that was held hears by whom, and where'],
  },
  {
    fault: 'confirms whatever it is asked',
    make: { directory: () => ({ confirm: (_claim, _ifFree, answer) => answer('held') }) },
    dies: [
      'a claim is confirmed to the connection that holds it, lease or not, and to no other',
      'a claim that nobody holds is lost, unless the directory may have forgotten it',
    ],
  },
  {
    fault: 'gives nothing back that it has forgotten',
    make: { directory: (right) => ({ confirm: (claim, _ifFree, answer) => right.confirm(claim, false, answer) }) },
    dies: ['a claim that nobody holds is lost, unless the directory may have forgotten it'],
  },
  {
    fault: 'says to every node that it was kept',
    make: { directory: (right) => ({ renewLease: (node, answer) => right.renewLease(node, () => answer('kept')) }) },
    dies: [
      'a node is unknown, then kept, then lapsed when it comes too late',
      'a node whose lease has ended learns it from its next renewal, also if it has claimed an id before',
    ],
  },
  {
    fault: 'lists the dead',
    make: { directory: (_right, ids) => ({ present: (_realm, answer) => answer(ids()) }) },
    dies: ['H4: those are present whose node has a lease'],
  },
  {
    fault: 'tells nobody',
    make: { tells: () => () => undefined },
    dies: [
      'O5: a node whose lease has ended is notified, too, when its claim moves',
      'O11: the node at which a peer is seated hears that something waits for it, its own node too, and no other',
      'O5: the node whose claim has moved hears whose it was',
    ],
  },
  {
    fault: 'tells everybody',
    make: {
      tells: (tell, all) => (_node, word) => {
        for (const node of all()) tell(node, word);
      },
    },
    dies: [
      'O11: the node at which a peer is seated hears that something waits for it, its own node too, and no other',
      'O5: the node whose claim has moved hears whose it was',
    ],
  },
  {
    fault: 'keeps what comes from where a sender was',
    make: { mailboxes: (right) => ({ put: (realm, _sender, ...rest) => right.put(realm, undefined, ...rest) }) },
    dies: [
      'O5, M17: of a sender that has moved, or is gone, nothing is kept that comes from where it was',
      'M13: a sender whose lease has ended is heard all the same, while nobody else has its id',
    ],
  },
  {
    fault: 'gives mail to whoever asks',
    make: {
      mailboxes: (right, directory) => ({
        take(taker, answer) {
          const { node, connection } = directory.holderOf(taker.realm.key, taker.id) ?? { ...taker.realm, ...taker };
          right.take({ ...taker, connection, realm: { ...taker.realm, node } }, answer);
        },
      }),
    },
    dies: ['O5, O11: a connection that has lost its claim takes nothing, and learns that its claim has moved'],
  },
  {
    fault: 'does not say that a claim has moved',
    make: {
      mailboxes: (right) => ({ take: (taker, answer) => right.take(taker, (...[messages, unread]) => answer(messages, unread)) }),
    },
    dies: ['O5, O11: a connection that has lost its claim takes nothing, and learns that its claim has moved'],
  },
  {
    fault: 'does not say what of a taker still waits',
    make: {
      mailboxes: (right) => ({
        take: (taker, answer) => right.take(taker, (messages, _unread, claim) => answer(messages, [], claim)),
      }),
    },
    dies: ['M17: who takes hears whom something of its own still waits for'],
  },
  {
    fault: 'keeps whatever it is given',
    make: {
      mailboxes: (right) => ({
        put: (realm, sender, message, ...rest) =>
          right.put(realm, sender, { ...message, kind: message.kind === 'leave' ? 'offer' : message.kind }, ...rest),
      }),
    },
    dies: ['M6: what is not worth waiting for is kept only for who is there; of the broker itself, too'],
  },
];

describe('an engine that breaks a promise', () => {
  it.each(MUTANTS)('$fault: fails where it is said, and nowhere else', async ({ make, dies }) => {
    expect(await failures(make)).toEqual(dies);
  });

  it('and one that breaks none fails nowhere', async () => expect(await failures({})).toEqual([]));
});

async function failures(fault: Fault): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of SHARED_CLAUSES) {
    if (clause.needsCount === true) continue;
    await clause.run(subject(fault), 200).catch(() => failed.push(clause.name));
  }
  return failed;
}

function subject({ directory: wrong, mailboxes: wrongly, tells = (tell) => tell }: Fault): EngineSubject {
  const clock = new ManualClock();
  const heard = new Map<NodeId, BusMessage[]>();
  const claimed = new Set<PeerId>();
  const notify = tells(
    (node, word) => void heard.get(node)?.push(word),
    () => heard.keys(),
  );
  const directory = new MemoryPeerDirectory(clock, LEASE, notify);
  const mailboxes = new MemoryMailboxStore(ROOMY, { holders: directory, notify });
  const mutant = within(directory, wrong?.(directory, () => [...claimed]) ?? {});
  return {
    node(name) {
      const words = heard.get(name) ?? [];
      heard.set(name, words);
      const claim: PeerDirectory['claim'] = (one, answer) => {
        claimed.add(one.id);
        mutant.claim(one, answer);
      };
      return { directory: within(mutant, { claim }), mailboxes: within(mailboxes, wrongly?.(mailboxes, directory) ?? {}), words };
    },
    elapse: async (span) => clock.advance(span),
    dispose: () => Promise.resolve(),
  };
}

/** All that `right` does, but what is done otherwise. */
function within<T extends object>(right: T, otherwise: Partial<T>): T {
  return new Proxy(right, {
    get(target, name) {
      const found: unknown = Reflect.get(otherwise, name) ?? Reflect.get(target, name);
      return typeof found === 'function' ? (found as (...given: unknown[]) => unknown).bind(target) : found;
    },
  });
}
