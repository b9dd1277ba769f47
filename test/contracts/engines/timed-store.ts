import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { Token } from '../../../src/domain/token.ts';

/** Sets the engine's clock to the time of each call, and claims the ids of all senders. */
export function timedStore(store: MailboxStore, directory: PeerDirectory, setClock: (now: Millis) => void): MailboxStore {
  return {
    put(realm, sender, message, now, answer) {
      setClock(now);
      if (sender !== undefined) directory.claim({ ...sender, token: new Token('t') }, () => undefined);
      store.put(realm, sender, message, now, answer);
    },
    expire(now, answer) {
      setClock(now);
      store.expire(now, answer);
    },
    take: (...args) => store.take(...args),
    waiting: (...args) => store.waiting(...args),
    nextDeadline: () => store.nextDeadline(),
  };
}
