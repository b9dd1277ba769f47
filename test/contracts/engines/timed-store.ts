import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { Token } from '../../../src/domain/token.ts';

/** A store whose engine is at the time that a clause says, and whose senders all have their ids. */
export function timedStore(store: MailboxStore, directory: PeerDirectory, turnTo: (now: Millis) => void): MailboxStore {
  return {
    put(realm, sender, message, now, answer) {
      turnTo(now);
      if (sender !== undefined) directory.claim({ ...sender, token: new Token('t') }, () => undefined);
      store.put(realm, sender, message, now, answer);
    },
    expire(now, answer) {
      turnTo(now);
      store.expire(now, answer);
    },
    take: (...given) => store.take(...given),
    waiting: (...given) => store.waiting(...given),
    nextDeadline: () => store.nextDeadline(),
  };
}
