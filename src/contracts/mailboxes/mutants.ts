import { MemoryMailboxStore } from '../../adapters/mailboxes/memory/store.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import type { ContractTest } from '../contract-test.ts';
import { mailboxContract } from './contract.ts';
import {
  BackwardStore,
  EarlyDeadlineStore,
  JoiningStore,
  LazyStore,
  LeakyStore,
  MislabellingStore,
  OneWaitStore,
  OwnerlessStore,
  ForgetfulStore,
  RepeatedPairStore,
  RepeatingStore,
  SharedLimitStore,
  SharingStore,
  TextStore,
  TokenIdentityStore,
  WholesaleStore,
} from './faulty-stores.ts';

/** A store with one fault, and the names of the tests that it fails. */
export interface MailboxMutant {
  /** Continues a sentence: "a store that …". */
  readonly fault: string;
  readonly fails: readonly string[];
  make(limits: MailboxLimits): MemoryMailboxStore;
}

/** The tests of a store with a fault. */
export function testsOf({ make }: Pick<MailboxMutant, 'make'>): ContractTest[] {
  return mailboxContract({
    start: async (limits) => {
      const store = make(limits);
      return { store, usage: async () => store.usage(), dispose: () => Promise.resolve() };
    },
  });
}

const FAULTY: readonly MailboxMutant[] = [
  {
    fault: 'reads a message after the call',
    make: (limits) => new LazyStore(limits),
    fails: [
      'calls each answer once, in the order of the calls',
      'M13: put copies the payload: the caller may overwrite it after the call',
      "M13: put copies the payload also of Node's buffers, whose `slice` does not copy",
    ],
  },
  {
    fault: 'removes taken messages too late',
    make: (limits) => new SharingStore(limits),
    fails: ['O11: concurrent takes return no message twice'],
  },
  {
    fault: 'returns the newest message first',
    make: (limits) => new BackwardStore(limits),
    fails: [
      'O11, M17: take returns all waiting messages in the order of arrival',
      'M2: a message is returned unchanged',
      'M14: an expired message is not taken, and the remaining messages keep their order',
    ],
  },
  {
    fault: 'joins realm and id by a colon',
    make: (limits) => new JoiningStore(limits),
    fails: ['O2: realm and id are not confused by any separator'],
  },
  {
    fault: 'shares one limit between all realms',
    make: (limits) => new SharedLimitStore(limits),
    fails: ['M13: a full mailbox does not limit other mailboxes, and a full realm does not limit other realms'],
  },
  {
    fault: 'drops a mailbox with its oldest message',
    make: (limits) => new WholesaleStore(limits),
    fails: [
      'M13: a mailbox counts for a sender until its last message there has expired',
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: each pair of sender and absent peer is returned once for each sweep',
      'M14: an expired message is not taken, and the remaining messages keep their order',
      'M14: the next deadline is that of the oldest message, and NEVER without messages',
    ],
  },
  {
    fault: 'returns a pair again in a later slice',
    make: (limits) => new ForgetfulStore(limits),
    fails: ['M14, M23: each pair is returned once also if its messages expire in several slices'],
  },
  {
    fault: 'returns a pair twice',
    make: (limits) => new RepeatedPairStore(limits),
    fails: [
      'M14: each pair of sender and absent peer is returned once for each sweep',
      'M14, M23: each pair is returned once also if its messages expire in several slices',
      'M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once',
    ],
  },
  {
    fault: 'treats payloads as text',
    make: (limits) => new TextStore(limits),
    fails: ['M2: a message is returned unchanged'],
  },
  {
    fault: 'answers twice',
    make: (limits) => new RepeatingStore(limits),
    fails: ['calls each answer once, in the order of the calls'],
  },
  {
    fault: 'stores no owner',
    make: (limits) => new OwnerlessStore(limits),
    fails: [
      'M15: a message and a notice keep the proof of their owner',
      'M15: a returned proof can be stored again',
      'M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once',
    ],
  },
  {
    fault: 'treats a returning owner as another one',
    make: (limits) => new TokenIdentityStore(limits),
    fails: ['M15: expired pairs contain the owner: two owners of one id are distinct, a returning owner is returned once'],
  },
  {
    fault: 'returns a deadline that is too early',
    make: (limits) => new EarlyDeadlineStore(limits),
    fails: ['M14: the next deadline is that of the oldest message, and NEVER without messages'],
  },
  {
    fault: 'counts rejected messages',
    make: (limits) => new LeakyStore(limits),
    fails: ['M13: a rejected message uses no memory'],
  },
  {
    fault: 'names the wrong limit',
    make: (limits) => new MislabellingStore(limits),
    fails: ['M13: names the limit that forbids a message, or none'],
  },
  {
    fault: 'reports the waiting time of one message only',
    make: (limits) => new OneWaitStore(limits),
    fails: ['O11: tells for each taken message how long it was held, or for none'],
  },
];

/** Each limit, and the tests that detect an off-by-one error. */
const BOUNDS: readonly { bound: keyof MailboxLimits; fails: readonly string[] }[] = [
  {
    bound: 'mailboxMessages',
    fails: ['M13: the message limit of a mailbox is exact; taken and expired messages do not count'],
  },
  {
    bound: 'mailboxBytes',
    fails: ['M13: the byte limit of a mailbox is exact; taken and expired messages do not count'],
  },
  {
    bound: 'realmMailboxBytes',
    fails: ['M13: the byte limit of a realm is exact; taken and expired messages do not count'],
  },
  {
    bound: 'mailboxesPerSender',
    fails: ['M13: the mailbox limit of a sender is exact; taken and expired messages do not count'],
  },
  {
    bound: 'expireTimeout',
    fails: [
      'M14: a message expires at its own age, not at that of its mailbox',
      'M14: the next deadline is that of the oldest message, and NEVER without messages',
    ],
  },
];

/** Stores with one fault each. A runner of the suite must report the tests of `fails`, and no others. */
export const MAILBOX_MUTANTS: readonly MailboxMutant[] = [
  ...FAULTY,
  ...BOUNDS.flatMap(({ bound, fails }) =>
    [1, -1].map((by) => ({
      fault: `has a ${bound} that is off by ${by}`,
      fails,
      make: (limits: MailboxLimits) => new MemoryMailboxStore({ ...limits, [bound]: limits[bound] + by }),
    })),
  ),
];
