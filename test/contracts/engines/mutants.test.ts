import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { NodeId, PeerId } from '../../../src/domain/ids.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { LEASE, type EngineSubject } from '../../../src/contracts/engines/fixture.ts';
import { SHARED_CLAUSES } from '../../../src/contracts/engines/shared-clauses.ts';

type Notify = (node: NodeId, word: BusMessage) => void;

/** Changes to a correct engine. */
interface Fault {
  readonly directory?: (correct: MemoryPeerDirectory, ids: () => readonly PeerId[]) => Partial<PeerDirectory>;
  readonly mailboxes?: (correct: MemoryMailboxStore, directory: MemoryPeerDirectory) => Partial<MailboxStore>;
  readonly notifies?: (notify: Notify, all: () => Iterable<NodeId>) => Notify;
}

const MUTANTS: readonly { readonly fault: string; readonly make: Fault; readonly fails: readonly string[] }[] = [
  {
    fault: 'does not return the previous owner',
    make: {
      directory: (correct) => ({
        claim: (claim, answer) => correct.claim(claim, (outcome, _previous, number) => answer(outcome, undefined, number)),
      }),
    },
    fails: ['O5: a granted claim returns the previous owner and its node'],
  },
  {
    fault: 'confirms every claim',
    make: { directory: () => ({ confirm: (_claim, _ifFree, answer) => answer('held') }) },
    fails: [
      'a claim is confirmed to the connection that owns it, with or without a valid lease, and to no other',
      'a free claim is confirmed as lost, unless the directory may have lost its data',
      'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
      'O5: an id that was claimed and released after a loss of the data does not return to a claim from before',
      'O4: a new claim is not lost to a connection that claims the id again after a loss of the data',
    ],
  },
  {
    fault: 'never confirms a free claim',
    make: { directory: (correct) => ({ confirm: (claim, _ifFree, answer) => correct.confirm(claim, false, answer) }) },
    fails: [
      'a free claim is confirmed as lost, unless the directory may have lost its data',
      'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
      'O5: an id that was claimed and released after a loss of the data does not return to a claim from before',
    ],
  },
  {
    fault: 'gives an id that is claimed again to the first connection',
    make: {
      directory: (correct) => ({
        confirm: ({ realm, id, token, connection }, ifFree, answer) =>
          correct.confirm({ realm, id, token, connection }, ifFree, answer),
      }),
    },
    fails: [
      'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
      'O5: an id that was claimed and released after a loss of the data does not return to a claim from before',
    ],
  },
  {
    fault: 'gives an id that is claimed again to the last connection',
    make: {
      directory: (correct) => ({
        confirm: (claim, ifFree, answer) => {
          const holder = correct.holderOf(claim.realm.key, claim.id);
          if (ifFree && holder !== undefined) {
            correct.release({ ...claim, realm: { ...claim.realm, node: holder.node }, ...holder });
          }
          correct.confirm(claim, ifFree, answer);
        },
      }),
    },
    fails: [
      'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
      'O4: a new claim is not lost to a connection that claims the id again after a loss of the data',
    ],
  },
  {
    fault: 'reports every renewal as kept',
    make: { directory: (correct) => ({ renewLease: (node, answer) => correct.renewLease(node, () => answer('kept')) }) },
    fails: [
      'a renewal is unknown at first, then kept, and lapsed after the end of the lease',
      'the first renewal is unknown, also if the node has claimed an id before, because older claims may be lost',
      'a renewal after the end of the lease is lapsed, also if the node has claimed an id meanwhile',
      'O5: a renewal returns the claims that moved to another node during the lease, once',
    ],
  },
  {
    fault: 'knows a node by its claims',
    make: {
      directory: (correct) => {
        const claimed = new Set<NodeId>();
        return {
          claim: (claim, answer) => {
            claimed.add(claim.realm.node);
            correct.claim(claim, answer);
          },
          renewLease: (node, answer) =>
            correct.renewLease(node, (outcome, moved) =>
              answer(outcome === 'unknown' && claimed.has(node) ? 'kept' : outcome, moved),
            ),
        };
      },
    },
    fails: ['the first renewal is unknown, also if the node has claimed an id before, because older claims may be lost'],
  },
  {
    fault: 'reports with a renewal no claim that has moved',
    make: { directory: (correct) => ({ renewLease: (node, answer) => correct.renewLease(node, (outcome) => answer(outcome)) }) },
    fails: ['O5: a renewal returns the claims that moved to another node during the lease, once'],
  },
  {
    fault: 'lists peers of dead nodes',
    make: { directory: (_right, ids) => ({ present: (_realm, answer) => answer(ids()) }) },
    fails: ['H4: lists the peers of nodes with a valid lease'],
  },
  {
    fault: 'notifies no node',
    make: { notifies: () => () => undefined },
    fails: [
      'O5: of two connections that claim an id again after a loss of the data, the one with the later claim owns it',
      'O5: a node without a valid lease is notified when its claim moves',
      'O11: a message notifies the node of the addressee, also if that is the same node, and no other',
      'O5: the node whose claim has moved is notified with the connection',
    ],
  },
  {
    fault: 'notifies all nodes',
    make: {
      notifies: (notify, all) => (_node, word) => {
        for (const node of all()) notify(node, word);
      },
    },
    fails: [
      'O11: a message notifies the node of the addressee, also if that is the same node, and no other',
      'O5: the node whose claim has moved is notified with the connection',
    ],
  },
  {
    fault: 'accepts messages of a superseded sender',
    make: { mailboxes: (correct) => ({ put: (realm, _sender, ...rest) => correct.put(realm, undefined, ...rest) }) },
    fails: [
      'O5, M17: a message of a sender that has moved or released its id is rejected',
      'M13: a message of a sender without a valid lease is accepted while its id has no other owner',
    ],
  },
  {
    fault: 'gives a mailbox to any connection',
    make: {
      mailboxes: (correct, directory) => ({
        take(taker, answer) {
          const { node, connection } = directory.holderOf(taker.realm.key, taker.id) ?? { ...taker.realm, ...taker };
          correct.take({ ...taker, connection, realm: { ...taker.realm, node } }, answer);
        },
      }),
    },
    fails: ['O5, O11: a connection that has lost its claim takes nothing, and the answer is moved'],
  },
  {
    fault: 'does not report a moved claim',
    make: {
      mailboxes: (correct) => ({
        take: (taker, answer) => correct.take(taker, (...[messages, unread]) => answer(messages, unread)),
      }),
    },
    fails: [
      'O5, O11: a connection that has lost its claim takes nothing, and the answer is moved',
      'O5: a take of an id that another connection had taken and released reports that the id is free',
    ],
  },
  {
    fault: 'does not return addressees of the taker',
    make: {
      mailboxes: (correct) => ({
        take: (taker, answer) => correct.take(taker, (messages, _unread, claim) => answer(messages, [], claim)),
      }),
    },
    fails: ['M17: a take returns the addressees of waiting messages of the taker'],
  },
  {
    fault: 'holds every message',
    make: {
      mailboxes: (correct) => ({
        put: (realm, sender, message, ...rest) =>
          correct.put(realm, sender, { ...message, kind: message.kind === 'leave' ? 'offer' : message.kind }, ...rest),
      }),
    },
    fails: ['M6: a message that does not matter, or a notice of the broker, is held only for a connected peer'],
  },
];

describe('the engine contract', () => {
  it.each(MUTANTS)('detects an engine that $fault', async ({ make, fails }) => {
    expect(await failures(make)).toEqual(fails);
  });

  it('accepts a correct engine', async () => expect(await failures({})).toEqual([]));
});

async function failures(fault: Fault): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of SHARED_CLAUSES) {
    if (clause.needsCount === true || clause.needsVersions === true) continue;
    await clause.run(subject(fault), 200).catch(() => failed.push(clause.name));
  }
  return failed;
}

function subject({
  directory: faultyDirectory,
  mailboxes: faultyMailboxes,
  notifies = (notify) => notify,
}: Fault): EngineSubject {
  const clock = new ManualClock();
  const received = new Map<NodeId, BusMessage[]>();
  const claimed = new Set<PeerId>();
  const notify = notifies(
    (node, word) => void received.get(node)?.push(word),
    () => received.keys(),
  );
  const directory = new MemoryPeerDirectory(clock, LEASE, notify, 'first');
  const mailboxes = new MemoryMailboxStore(ROOMY, { holders: directory, notify });
  const mutant = override(directory, faultyDirectory?.(directory, () => [...claimed]) ?? {});
  return {
    node(name) {
      const messages = received.get(name) ?? [];
      received.set(name, messages);
      const claim: PeerDirectory['claim'] = (one, answer) => {
        claimed.add(one.id);
        mutant.claim(one, answer);
      };
      return {
        directory: override(mutant, { claim }),
        mailboxes: override(mailboxes, faultyMailboxes?.(mailboxes, directory) ?? {}),
        messages,
      };
    },
    elapse: async (span) => clock.advance(span),
    dispose: () => Promise.resolve(),
  };
}

/** `correct` with some methods replaced. */
function override<T extends object>(correct: T, replaced: Partial<T>): T {
  return new Proxy(correct, {
    get(target, name) {
      const found: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof found === 'function' ? (found as (...given: unknown[]) => unknown).bind(target) : found;
    },
  });
}
