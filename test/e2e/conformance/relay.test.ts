import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingRelay, type RelayFault } from '../../conformance/topics/conforming-relay.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.relay;
const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<RelayFault, readonly string[]>> = {
  'delivers nothing': ['REL1.publish'],
  'never answers a ping': ['REL1.ping'],
  'answers a ping twice': ['REL1.unsubscribe'],
  'ignores unsubscribe': ['REL1.unsubscribe'],
  'stops at a topic that is not a string': ['REL1.no-text-among-topics'],
  'ignores binary frames': ['REL1.binary'],
  'sends binary frames': ['REL1.binary'],
  'crashes on a malformed frame': ['REL3.no-json', 'REL3.half-json', 'REL3.null', 'REL3.number', 'REL3.list', 'REL3.empty'],
  'delivers to all clients': ['REL1.others-unheard'],
  'stores topics in an object with a prototype': ['REL1.names-of-objects'],
  'does not deliver to the publisher': ['REL2.publisher-too'],
  'counts disconnected clients': ['REL2.count'],
  'delivers once per subscription': ['REL2.joined-twice'],
  'relays a forged count': ['REL2.forged-count'],
  'serializes messages again': ['REL2.as-it-came'],
  'reorders messages': ['REL2.order'],
  'closes after one malformed frame': ['REL3.no-json', 'REL3.null', 'REL3.list'],
  'tolerates any number of malformed frames': ['REL3.much-nonsense'],
  'closes other clients for malformed frames': ['REL3.much-nonsense'],
  'never pings': ['REL3.pinged', 'REL3.unanswered'],
  'never closes silent clients': ['REL3.unanswered'],
  'closes clients that answer pings': ['REL3.pinged'],
  'treats Trystero like y-webrtc': ['REL4.to-the-others'],
  'ignores realms': ['REL5.realms-apart'],
  'accepts unknown realms': ['REL5.unknown-realm'],
};

describe('the topic relay cases', () => {
  it('pass a conforming relay', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('conforming', ConformingRelay) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.concurrent.each(Object.entries(FAULTS))('detect a relay that %s', { timeout: MINUTES }, async (fault, ids) => {
    class FaultyRelay extends ConformingRelay {
      constructor(settings: ConstructorParameters<typeof ConformingRelay>[0]) {
        super(settings, fault as RelayFault);
      }
    }
    const selected = cases.filter(({ id }) => ids.includes(id));
    const results = await runCases({ cases: selected, servers: inProcess(fault, FaultyRelay, PATIENCE_MS) });
    expect(selected.length).toBe(ids.length);
    expect(results.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual(selected.map(({ id }) => id));
  });

  it.each(['uws', 'node'] as const)('pass Signalbox on %s', { timeout: MINUTES }, async (transport) => {
    const command = signalboxCommand(transport);
    const { code, result } = await runSuite('--dialect', 'relay', '--command', command, '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`relay-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
  });

  it('report the known deviations of the y-webrtc server', { timeout: MINUTES }, async () => {
    const command = `env PORT={port} "${process.execPath}" node_modules/y-webrtc/bin/server.js`;
    const { result } = await runSuite('--dialect', 'relay', '--command', command, '--patience', '3000');
    expect(result.cases.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(result.cases.filter(({ verdict }) => verdict === 'loose').map(({ id }) => id)).toEqual([
      ...['REL2.as-it-came', 'REL4.to-the-others', 'REL5.unknown-realm'],
    ]);
    expect(result.cases.filter(({ verdict }) => verdict === 'dangerous').map(({ id }) => id)).toEqual([
      ...['REL1.topics-no-list', 'REL3.no-json', 'REL3.half-json', 'REL3.empty', 'REL3.much-nonsense'],
    ]);
    expectPublished('relay-y-webrtc', countsTable('the server of y-webrtc', result.cases));
  });
});
