/*
 * The exports of `@signalbox/broker/testing`: a broker in the memory of a test, and the adapters that it runs on.
 */

export { brokerInABox, pair } from '../testing/pair.ts';
export type { BoxedAdapters, BoxOptions, Pair } from '../testing/pair.ts';
export { TestBroker, TestPeer } from '../testing/test-broker.ts';
export { ManualClock } from '../adapters/clocks/manual.ts';
export { MemoryTelemetry } from '../adapters/telemetry/memory.ts';
export { MemoryMailboxStore } from '../adapters/mailboxes/memory/store.ts';
export { MemoryPeerDirectory } from '../adapters/directories/memory/directory.ts';
export { MemoryBusNetwork } from '../adapters/buses/memory/bus.ts';
export { MemoryClusterRecords } from '../adapters/cluster-records/memory/records.ts';
export { MemoryTransport } from '../adapters/transports/memory/listener.ts';
export type { MemoryClient } from '../adapters/transports/memory/listener.ts';
