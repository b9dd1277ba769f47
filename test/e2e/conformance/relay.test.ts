import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingRelay, type RelayFault } from '../../conformance/topics/conforming-relay.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.relay;
const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

/** What is wrong, and the cases that must find it out. */
const WRONG: Readonly<Record<RelayFault, readonly string[]>> = {
  'tells nobody': ['REL1.publish'],
  'never answers a ping': ['REL1.ping'],
  'answers a ping twice': ['REL1.unsubscribe'],
  'parts from nothing': ['REL1.unsubscribe'],
  'stops at what is no text': ['REL1.no-text-among-topics'],
  'reads text only': ['REL1.binary'],
  'tells in binary frames': ['REL1.binary'],
  'dies of nonsense': ['REL3.no-json', 'REL3.half-json', 'REL3.null', 'REL3.number', 'REL3.list', 'REL3.empty'],
  'tells everybody': ['REL1.others-unheard'],
  'looks names up in an object': ['REL1.names-of-objects'],
  'tells the others only': ['REL2.publisher-too'],
  'counts who has left': ['REL2.count'],
  'tells as often as was joined': ['REL2.joined-twice'],
  'believes the count of others': ['REL2.forged-count'],
  'writes anew what it tells': ['REL2.as-it-came'],
  'tells the newest first': ['REL2.order'],
  'closes at the first nonsense': ['REL3.no-json', 'REL3.null', 'REL3.list'],
  'bears nonsense for ever': ['REL3.much-nonsense'],
  'closes the others for nonsense': ['REL3.much-nonsense'],
  'never pings': ['REL3.pinged', 'REL3.unanswered'],
  'never gives up': ['REL3.unanswered'],
  'gives up whoever answers': ['REL3.pinged'],
  'takes Trystero for the others': ['REL4.to-the-others'],
  'has one realm': ['REL5.realms-apart'],
  'takes every realm': ['REL5.unknown-realm'],
};

describe('the cases of the topic relay', () => {
  it('pass a relay that keeps the rules', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('honest', ConformingRelay) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.concurrent.each(Object.entries(WRONG))('find out one that %s', { timeout: MINUTES }, async (fault, ids) => {
    class Wrong extends ConformingRelay {
      constructor(settings: ConstructorParameters<typeof ConformingRelay>[0]) {
        super(settings, fault as RelayFault);
      }
    }
    const asked = cases.filter(({ id }) => ids.includes(id));
    const results = await runCases({ cases: asked, servers: inProcess(fault, Wrong, PATIENCE_MS) });
    expect(asked.length).toBe(ids.length);
    expect(results.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  });

  it.each(['uws', 'node'] as const)('are kept by Signalbox on %s', { timeout: MINUTES }, async (transport) => {
    const command = signalboxCommand(transport);
    const { code, result } = await runSuite('--dialect', 'relay', '--command', command, '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`relay-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
  });

  it('say of the server that comes with y-webrtc what is known of it', { timeout: MINUTES }, async () => {
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
