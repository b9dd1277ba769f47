/*
 * The exports of `@signalbox/broker/contracts`: the suites that judge the adapters of the broker, for adapters from
 * outside. Each function returns tests, which any runner runs:
 * `for (const { name, run } of mailboxContract({ start })) it(name, run)`.
 */

export type { Capability, ContractTest } from '../contracts/contract-test.ts';

export { mailboxContract } from '../contracts/mailboxes/contract.ts';
export type { MailboxCapabilities, MailboxContractOptions } from '../contracts/mailboxes/contract.ts';
export type { DurableControls, MailboxSubject, Restart, Usage } from '../contracts/mailboxes/fixture.ts';
export { MAILBOX_MUTANTS } from '../contracts/mailboxes/mutants.ts';
export type { MailboxMutant } from '../contracts/mailboxes/mutants.ts';
export { DURABLE_MUTANTS, durableTestsOf } from '../contracts/mailboxes/durable-mutants.ts';

export { directoryContract } from '../contracts/directories/contract.ts';
export type { DirectorySubject } from '../contracts/directories/fixture.ts';
export { busContract } from '../contracts/buses/contract.ts';
export { recordsContract } from '../contracts/cluster-records/contract.ts';
export type { RecordsSubject } from '../contracts/cluster-records/contract.ts';
export type { BusSubject } from '../contracts/buses/contract.ts';
export { engineContract, sharedContract } from '../contracts/engines/contract.ts';
export type { EngineCapabilities, EngineSubjects } from '../contracts/engines/contract.ts';
export { LEASE, ROOM } from '../contracts/engines/fixture.ts';
export type { EngineSubject } from '../contracts/engines/fixture.ts';

export { clockContract } from '../contracts/clocks/contract.ts';
export type { ClockSubject } from '../contracts/clocks/contract.ts';
export { telemetryContract } from '../contracts/telemetry/contract.ts';
export type { ReadValues, TelemetrySubject } from '../contracts/telemetry/contract.ts';

export { authorizerContract } from '../contracts/authorizers/contract.ts';
export type { AuthorizerSubject } from '../contracts/authorizers/contract.ts';
export { userContract } from '../contracts/authorizers/user-contract.ts';
export type { UserSubject } from '../contracts/authorizers/user-contract.ts';
export { iceServersContract, SECRET, STUN, TTL, TURN } from '../contracts/ice-servers/contract.ts';
export type { IceServersSubject } from '../contracts/ice-servers/contract.ts';

export { dialectContract, statefulDialectContract } from '../contracts/dialects/contract.ts';
export type { DialectSubject, StatefulDialectSubject } from '../contracts/dialects/subject.ts';

export { transportContract } from '../contracts/transports/contract.ts';
export { IN_MEMORY, memoryStart } from '../contracts/transports/memory-subject.ts';
export { networkCapabilities, networkStart } from '../contracts/transports/network-subject.ts';
export type { NetworkOptions } from '../contracts/transports/network-subject.ts';
export type { Capabilities, Subject, TestCertificates, TestClient } from '../contracts/transports/fixture.ts';
