import { poolPatternRealms } from '../../../src/adapters/engines/pool/engine.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage, NodeBus } from '../../../src/application/ports/node-bus.ts';
import type { PeerDirectory } from '../../../src/application/ports/peer-directory.ts';
import type { EngineSubjects } from '../../../src/contracts/engines/contract.ts';

/** A part that a test of the other parts does not use. */
const UNUSED = {} as never;

const directoryOver = (directory: PeerDirectory): PeerDirectory =>
  poolPatternRealms({ directory, mailboxes: UNUSED, bus: UNUSED }, []).directory;
const mailboxesOver = (mailboxes: MailboxStore): MailboxStore =>
  poolPatternRealms({ directory: UNUSED, mailboxes, bus: UNUSED }, []).mailboxes;
const busOver = (bus: NodeBus): NodeBus => poolPatternRealms({ directory: UNUSED, mailboxes: UNUSED, bus }, []).bus;

/** The message as a node receives it over the pool. */
function received(message: BusMessage): BusMessage {
  let unpooled = message;
  const bus: NodeBus = {
    ...{ isReachable: true, broadcast: () => undefined, send: () => undefined, close: () => Promise.resolve() },
    listen: ({ onMessage }) => onMessage(message),
  };
  busOver(bus).listen({ onMessage: (given) => void (unpooled = given), onMessagesLost: () => undefined });
  return unpooled;
}

function cached<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/** The same engine with every realm in the pool. */
export function pooledSubjects(subjects: EngineSubjects): EngineSubjects {
  return {
    async directory() {
      const inner = await subjects.directory();
      const node = cached((name: Parameters<typeof inner.node>[0]) => directoryOver(inner.node(name)));
      return { node, elapse: (span) => inner.elapse(span), dispose: () => inner.dispose() };
    },

    async mailboxes(limits) {
      const inner = await subjects.mailboxes(limits);
      return { ...inner, store: mailboxesOver(inner.store) };
    },

    async bus() {
      const inner = await subjects.bus();
      const node = cached((name: Parameters<typeof inner.node>[0]) => busOver(inner.node(name)));
      return { node, dispose: () => inner.dispose() };
    },

    async whole() {
      const inner = await subjects.whole();
      const node = cached((name: Parameters<typeof inner.node>[0]) => {
        const { directory, mailboxes } = inner.node(name);
        return {
          ...{ directory: directoryOver(directory), mailboxes: mailboxesOver(mailboxes) },
          get messages() {
            return inner.node(name).messages.map(received);
          },
        };
      });
      return { ...inner, node, elapse: (span) => inner.elapse(span), dispose: () => inner.dispose() };
    },
  };
}
