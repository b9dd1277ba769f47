/** The files of new adapters that keep the state of peers or of a cluster. */
export const STATE_FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mailboxes: {
    'store.mjs': `import { MemoryMailboxStore } from '@signalbox/broker/testing';

/** A mailbox store. Replace the methods of the store in memory one by one; the tests report each broken promise. */
export class Store extends MemoryMailboxStore {}

export default { mailboxes: ({ config }) => new Store(config) };
`,
    'store.test.mjs': `import test from 'node:test';
import { mailboxContract } from '@signalbox/broker/contracts';
import { Store } from './store.mjs';

/** An empty store with the limits of a test. */
const start = async (limits) => {
  const store = new Store(limits);
  return { store, usage: async () => store.usage(), dispose: async () => undefined };
};

for (const { name, run } of mailboxContract({ start })) test(name, run);
`,
  },
  directory: {
    'directory.mjs': `import { MemoryPeerDirectory } from '@signalbox/broker/testing';

/** A directory. Replace the methods of the directory in memory one by one; the tests report each broken promise. */
export class Directory extends MemoryPeerDirectory {}

export default { directory: ({ clock }) => new Directory(clock) };
`,
    'directory.test.mjs': `import test from 'node:test';
import { directoryContract } from '@signalbox/broker/contracts';
import { ManualClock } from '@signalbox/broker/testing';
import { Directory } from './directory.mjs';

/** An empty directory, and its clock. */
const start = async () => {
  const clock = new ManualClock();
  const directory = new Directory(clock);
  return { node: () => directory, elapse: async (span) => clock.advance(span), dispose: async () => undefined };
};

for (const { name, run } of directoryContract('stay', start)) test(name, run);
`,
  },
  bus: {
    'bus.mjs': `import { MemoryBusNetwork } from '@signalbox/broker/testing';

/** The buses of all nodes. Replace it by a connection to your network; the tests report each broken promise. */
export class Network extends MemoryBusNetwork {}

const network = new Network();

/** With a bus, the broker needs mailboxes and a directory that its nodes share. */
export default { bus: ({ node }) => network.busOf(node) };
`,
    'bus.test.mjs': `import test from 'node:test';
import { busContract } from '@signalbox/broker/contracts';
import { Network } from './bus.mjs';

/** A network without messages. */
const start = async () => {
  const network = new Network();
  return { node: (name) => network.busOf(name), dispose: async () => undefined };
};

for (const { name, run } of busContract(start)) test(name, run);
`,
  },
  clusterRecords: {
    'records.mjs': `import { MemoryClusterRecords } from '@signalbox/broker/testing';

/** The nodes of a cluster, and its bans. Replace the methods one by one; the tests report each broken promise. */
export class Records extends MemoryClusterRecords {}

export default { clusterRecords: ({ clock, node }) => new Records(clock, () => [node]) };
`,
    'records.test.mjs': `import test from 'node:test';
import { LEASE, recordsContract } from '@signalbox/broker/contracts';
import { ManualClock } from '@signalbox/broker/testing';
import { Records } from './records.mjs';

/** Empty records, and their clock. */
const start = async () => {
  const clock = new ManualClock();
  const leases = new Map();
  const make = () => new Records(clock, () => [...leases].filter(([, end]) => end > clock.now()).map(([node]) => node));
  let records = make();
  return {
    node: () => records,
    renew: async (node) => void leases.set(node, clock.now() + LEASE),
    elapse: async (span) => clock.advance(span),
    forget: async () => void (records = make()),
    dispose: async () => undefined,
  };
};

for (const { name, run } of recordsContract(start)) test(name, run);
`,
  },
};
