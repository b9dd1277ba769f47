import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import type { ContractTest } from '../contract-test.ts';
import { mailboxContract } from './contract.ts';
import {
  DisownedMessages,
  DurableMemoryStore,
  HalfHolder,
  LateWriter,
  LostDeletions,
  MemoryDisk,
  MomentKeeper,
  NoDeletions,
  Rejuvenator,
  SilentFailure,
  TrustingStore,
  UncountedStore,
  WrongReason,
} from './durable-doubles.ts';

type MakeDurable = (limits: MailboxLimits, disk: MemoryDisk) => DurableMemoryStore & { close?(): void };

/** The tests of a durable store that keeps its messages on a disk in memory. */
export function durableTestsOf(make: MakeDurable): ContractTest[] {
  return mailboxContract({
    can: { durable: true },
    start: async (limits, time) => {
      const disk = new MemoryDisk();
      const open = () => {
        const store = make(limits, disk);
        store.start(time);
        return { store, usage: async () => store.usage() };
      };
      const first = open();
      return {
        ...first,
        dispose: () => Promise.resolve(),
        durable: {
          restart: async (how) => {
            if (how === 'close') first.store.close?.();
            return open();
          },
          blockWrites: async () => {
            disk.isFull = true;
            return async () => void (disk.isFull = false);
          },
        },
      };
    },
  });
}

const SURVIVES = 'M24: messages survive a restart unchanged, in their order, with their owners';
const SURVIVES_CRASH = 'M24: a message that was answered with held survives a crash';
const STAYS_AWAY = 'M24, O11: messages that were taken or have expired do not come back after a crash';
const AGES = 'M24, M14: the time without a process counts for the age of a message';
const SET_BACK = 'M24, M14: a clock that was set back does not lengthen the time of a message';
const COUNTS = 'M24, M13: restored messages count for the limits';
const FAILS = 'M24: a store that can not write answers failed, reports why, keeps nothing of the message, and recovers';
const DELIVERS = 'M24, O11: a store that can not write still delivers, and does not deliver twice once it can';

/** Durable stores with one fault each, and the names of the tests that they fail. */
export const DURABLE_MUTANTS: readonly {
  /** Continues a sentence: "a store that …". */
  readonly fault: string;
  readonly fails: readonly string[];
  readonly make: MakeDurable;
}[] = [
  {
    fault: 'writes only when it is closed',
    make: (...given) => new LateWriter(...given),
    fails: [SURVIVES_CRASH, STAYS_AWAY, COUNTS, FAILS, DELIVERS],
  },
  {
    fault: 'never deletes',
    make: (...given) => new NoDeletions(...given),
    fails: [STAYS_AWAY, DELIVERS],
  },
  {
    fault: 'forgets deletions that failed',
    make: (...given) => new LostDeletions(...given),
    fails: [DELIVERS],
  },
  {
    fault: 'stores moments in place of the time of day',
    make: (...given) => new MomentKeeper(...given),
    fails: [AGES],
  },
  {
    fault: 'restarts the age of messages',
    make: (...given) => new Rejuvenator(...given),
    fails: [AGES],
  },
  {
    fault: 'trusts a clock that was set back',
    make: (...given) => new TrustingStore(...given),
    fails: [SET_BACK],
  },
  {
    fault: 'stores no owner',
    make: (...given) => new DisownedMessages(...given),
    fails: [SURVIVES],
  },
  {
    fault: 'does not count restored messages',
    make: (...given) => new UncountedStore(...given),
    fails: [AGES, SET_BACK, COUNTS],
  },
  {
    fault: 'reports a full mailbox when it can not write',
    make: (...given) => new WrongReason(...given),
    fails: [FAILS],
  },
  {
    fault: 'holds a message that it could not write',
    make: (...given) => new HalfHolder(...given),
    fails: [FAILS],
  },
  {
    fault: 'does not report that it can not write',
    make: (...given) => new SilentFailure(...given),
    fails: [FAILS],
  },
];

/** A correct durable store. */
export const durableStore: MakeDurable = (...given) => new DurableMemoryStore(...given);
