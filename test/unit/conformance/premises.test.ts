import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import { PREMISES } from '../../../conformance/premises.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { SETUPS } from '../../../conformance/setups.ts';
import { ALL_MUTANTS } from '../../conformance/mutants/all-mutants.ts';
import { ConformingServer } from '../../conformance/mutants/conforming-server.ts';
import { inProcess, type ServerClass } from '../../conformance/mutants/in-process.ts';

const PATIENCE_MS = 400;

/** For each premise, the name of a server that violates it. */
const VIOLATING: Readonly<Record<string, string>> = {
  O3: 'sends OPEN twice',
  M8: 'answers HEARTBEAT',
  M1: 'delivers twice',
  M2: 'converts payloads to strings',
  M17: 'reorders messages',
  L2: 'announces disconnections to all peers',
  O10: 'refuses handshakes without an Origin header',
  M21: 'closes a refused socket before the reason is sent',
  O2: 'accepts any key',
  O4: 'closes without ID-TAKEN',
  O5: 'frees the id when the old socket closes',
  M13: 'has no mailboxes',
  O11: 'delivers the mailbox, but keeps it',
  M14: 'sends EXPIRE immediately, but holds the message',
};

describe('a premise', () => {
  it.each(PREMISES.map((premise) => [premise.rule, premise] as const))(
    '%s: holds for a conforming server, and not for one that violates it',
    async (rule, { check, setup = 'long timeouts' }) => {
      const { settings } = SETUPS[setup];
      expect(await problem(check, ConformingServer, { settings, patience: 5_000 })).toBeUndefined();
      const mutant = ALL_MUTANTS.find(({ name }) => name === VIOLATING[rule]);
      expect(await problem(check, mutant?.Server ?? ConformingServer, { settings, patience: PATIENCE_MS })).not.toBeUndefined();
    },
  );

  it('names a rule of the suite, and cases of other rules', () => {
    for (const { rule, reliedOnBy } of PREMISES) {
      expect(ALL_CASES.some((one) => one.rule === rule)).toBe(true);
      expect(ALL_CASES.some((one) => one.rule !== rule && reliedOnBy.test(one.id))).toBe(true);
    }
  });
});

async function problem(
  check: (fixture: Fixture) => Promise<void>,
  Server: ServerClass,
  { settings, patience }: { readonly settings: Settings; readonly patience: number },
): Promise<string | undefined> {
  const server = await inProcess('server', Server, patience).start(settings);
  const fixture = new Fixture(server.profile);
  try {
    await check(fixture);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await fixture.close();
    await server.stop();
  }
}
