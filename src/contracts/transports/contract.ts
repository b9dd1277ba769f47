import { expect } from '../expect.ts';
import { BORROWED_CLAUSES } from './borrowed-clauses.ts';
import { CERTIFICATE_CLAUSES } from './certificate-clauses.ts';
import { CLOSING_CLAUSES } from './closing-clauses.ts';
import { FLOOD_CLAUSES } from './flood-clauses.ts';
import { HEAD_CLAUSES } from './head-clauses.ts';
import { HTTP_CLAUSES } from './http-clauses.ts';
import { LISTENING_CLAUSES } from './listening-clauses.ts';
import { MEMORY_CLAUSES } from './memory-clauses.ts';
import { PIPELINING_CLAUSES } from './pipelining-clauses.ts';
import { type ContractTest, lackOf } from '../contract-test.ts';
import { TransportFixture, type Capabilities, type Clause, type Start } from './fixture.ts';
import { SOCKET_CLAUSES } from './socket-clauses.ts';
import { PORT_CLAUSES } from './port-clauses.ts';
import { PRESSURE_CLAUSES } from './pressure-clauses.ts';
import { STREAM_CLAUSES } from './stream-clauses.ts';
import { WIRE_CLAUSES } from './wire-clauses.ts';

/** All clauses of the transport contract, by name. */
export const CLAUSES: readonly Clause[] = [
  ...SOCKET_CLAUSES,
  ...PRESSURE_CLAUSES,
  ...BORROWED_CLAUSES,
  ...FLOOD_CLAUSES,
  ...CLOSING_CLAUSES,
  ...HTTP_CLAUSES,
  ...HEAD_CLAUSES,
  ...STREAM_CLAUSES,
  ...PIPELINING_CLAUSES,
  ...LISTENING_CLAUSES,
  ...PORT_CLAUSES,
  ...MEMORY_CLAUSES,
  ...CERTIFICATE_CLAUSES,
  ...WIRE_CLAUSES,
];

/** The capabilities that `clause` needs and a transport does not have. */
export function lackingFor({ needs = [] }: Clause, can: Capabilities): (keyof Capabilities)[] {
  return needs.filter((need) => can[need] !== true);
}

/** Runs a clause. @throws the first violation. */
export async function runClause(
  clause: Clause,
  start: Start,
  run: (fixture: TransportFixture) => Promise<void> = clause.run,
): Promise<TransportFixture> {
  const fixture = await TransportFixture.open(start, {
    listens: clause.isEarly !== true,
    ...(clause.settings && { settings: clause.settings }),
  });
  try {
    await run(fixture);
  } finally {
    await fixture.dispose();
  }
  return fixture;
}

/**
 * The tests of a transport.
 * @param can the capabilities that the transport declares.
 * @param start creates subjects, a new one for each clause.
 */
export function transportContract({ can, start }: { readonly can: Capabilities; readonly start: Start }): ContractTest[] {
  const tests: ContractTest[] = [];
  const unmet = new Map<keyof Capabilities, string[]>();
  for (const clause of CLAUSES) {
    const { otherwise } = clause;
    const [lack, ...more] = lackingFor(clause, can);
    if (lack === undefined) tests.push({ name: clause.name, run: () => runWithChecks(clause, start) });
    else if (otherwise?.lacking === lack && more.length === 0) {
      tests.push({ name: `${otherwise.name} (${can[lack]})`, run: () => runWithChecks(clause, start, otherwise.run) });
    } else unmet.set(lack, [...(unmet.get(lack) ?? []), clause.name]);
  }
  const lacks = Array.from(unmet, ([lack, names]) => lackOf(lack, can[lack], names));
  return [...tests, ...lacks];
}

/** In every clause: no report is made within a call or another report, and each connection closes once. */
async function runWithChecks(clause: Clause, start: Start, run?: (fixture: TransportFixture) => Promise<void>): Promise<void> {
  const { gateway } = await runClause(clause, start, run);
  expect(gateway.reentrantCalls).toEqual([]);
  expect(gateway.connections.filter(({ closedCount, late }) => closedCount !== 1 || late.length > 0)).toEqual([]);
}
