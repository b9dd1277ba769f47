import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import type { ServerKind } from '../../support/e2e/server-kinds.ts';
import type { Visit } from '../../support/e2e/visit.ts';
import { nameOf, type Case, type Difference } from './case.ts';
import { GROUPS } from './cases.ts';

/** Runs one case, and says whether its outcome is the right one. */
export type Judge = (one: Case, server: Server) => Promise<void>;

// Cases wait more than they work.
const AT_ONCE = 40;

/** All cases on one kind of server: each group shares a process, and its cases run at the same time. */
export function protocolSuite(kind: ServerKind, judge: Judge): void {
  vi.setConfig({ maxConcurrency: AT_ONCE });

  for (const { name, options, cases, oneByOne } of GROUPS) {
    describe.concurrent(`${kind.name} ${name}`, () => {
      let server: Server | undefined;
      beforeAll(async () => {
        server = await Server.start({ kind, options });
      });
      afterAll(() => server?.stop());

      for (const one of cases) {
        const title = nameOf(one);
        const run = () => judge(one, server ?? expect.fail('the server did not start'));
        if (oneByOne === true) it.sequential(title, run);
        else it(title, run);
      }
    });
  }
}

/** Every case holds. */
export const holds: Judge = async (one, server) => {
  await visiting(server.withPatience(HOLDS_MS), (visit) => one.run(visit));
};

/** What is the same holds; what differs fails, in the way that is documented. */
export const holdsOrDiffers: Judge = async (one, server) => {
  if (one.onPeer === 'same') return holds(one, server);
  expectDifference(one.onPeer, await failureOf(visiting(server.withPatience(DIFFERS_MS), (visit) => one.run(visit))));
};

const HOLDS_MS = 10_000;
// Long enough for what comes late, as EXPIRE does.
const DIFFERS_MS = 2_500;

function expectDifference({ differs, fails }: Difference, failure: Error | undefined): void {
  if (failure === undefined) expect.fail(`this holds on peer too; the list says that it ${differs}`);
  expect(failure.message).toMatch(fails);
}

async function failureOf(running: Promise<void>): Promise<Error | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

async function visiting(visit: Visit, run: (visit: Visit) => Promise<void>): Promise<void> {
  try {
    await run(visit);
  } finally {
    visit.end();
  }
}
