import { describe, expect, it } from 'vitest';
import { DIALECTS, type DialectName } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { inProcess, type Startable } from '../../conformance/mutants/in-process.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

export interface WireCases<Fault extends string> {
  /** For the titles. */
  readonly wire: string;
  readonly dialect: DialectName;
  /** A server of another style that conforms, or has a fault. */
  readonly Server: new (settings: Settings, fault?: Fault) => Startable;
  /** Each fault and the cases that must detect it. */
  readonly faults: Readonly<Record<Fault, readonly string[]>>;
}

/** Tests the cases of a wire with a conforming server, with wrong ones, and with Signalbox. */
export function describeWireCases<Fault extends string>({ wire, dialect, Server, faults }: WireCases<Fault>): void {
  const { cases } = DIALECTS[dialect];

  describe(`the ${wire} cases`, () => {
    it('have a server with a fault for each of them', () => {
      const detected = new Set(Object.values<readonly string[]>(faults).flat());
      expect(cases.map(({ id }) => id).filter((id) => !detected.has(id))).toEqual([]);
    });

    it('pass a conforming server', { timeout: MINUTES }, async () => {
      const results = await runCases({ cases, servers: inProcess('conforming', Server) });
      expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    });

    const entries = Object.entries<readonly string[]>(faults) as [Fault, readonly string[]][];
    it.concurrent.each(entries)('detect a server that %s', { timeout: MINUTES }, async (fault, ids) => {
      class FaultyServer extends Server {
        constructor(settings: Settings) {
          super(settings, fault);
        }
      }
      const selected = cases.filter(({ id }) => ids.includes(id));
      // At the same time, because a case that fails waits.
      const runs = selected.map((one) => runCases({ cases: [one], servers: inProcess(fault, FaultyServer, PATIENCE_MS) }));
      const results = (await Promise.all(runs)).flat();
      expect(selected.length).toBe(ids.length);
      expect(results.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual(selected.map(({ id }) => id));
    });

    it.each(['uws', 'node'] as const)('pass Signalbox on %s', { timeout: MINUTES }, async (transport) => {
      const command = signalboxCommand(transport);
      const { code, result } = await runSuite('--dialect', dialect, '--command', command, '--flavour', 'signalbox', '--strict');
      expect(notOk(result)).toEqual([]);
      expect(code).toBe(0);
      expectPublished(`${dialect}-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
    });
  });
}
