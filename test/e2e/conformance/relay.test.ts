import { describe, expect, it, vi } from 'vitest';
import type { CaseResult, Verdict } from '../../../conformance/results.ts';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingRelay, type RelayFault } from '../../conformance/topics/conforming-relay.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.relay;
const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

// The suite spends most of its time waiting for relays.
vi.setConfig({ maxConcurrency: 16 });

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<RelayFault, readonly string[]>> = {
  'delivers nothing': ['REL1.publish'],
  'never answers a ping': ['REL1.ping'],
  'answers a ping twice': ['REL1.unsubscribe'],
  'ignores unsubscribe': ['REL1.unsubscribe'],
  'stops at a topic that is not a string': ['REL1.no-text-among-topics'],
  'ignores binary frames': ['REL1.binary'],
  'sends binary frames': ['REL1.binary', 'REL1.text-frames'],
  'crashes on a malformed frame': ['REL3.no-json', 'REL3.half-json', 'REL3.null', 'REL3.number', 'REL3.list', 'REL3.empty'],
  'delivers to all clients': ['REL1.others-unheard'],
  'stores topics in an object with a prototype': ['REL1.names-of-objects'],
  'does not deliver to the publisher': ['REL2.publisher-too'],
  'counts disconnected clients': ['REL2.count'],
  'delivers once per subscription': ['REL2.joined-twice'],
  'relays a forged count': ['REL2.forged-count'],
  'serializes messages again': [
    'REL2.as-it-came',
    'REL2.same-bytes-large-integer',
    'REL2.same-bytes-decimals',
    'REL2.same-bytes-exponent',
    'REL2.same-bytes-escapes',
    'REL2.same-bytes-numeric-names',
    'REL2.same-bytes-repeated-members',
  ],
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
  'unsubscribes all clients': ['REL1.unsubscribe-one-client'],
  'closes after an unknown unsubscription': ['REL1.unsubscribe-unknown'],
  'cannot subscribe again': ['REL1.subscribe-again'],
  'normalizes topics': ['REL1.normalized-topic'],
  'drops messages of disconnected clients': ['REL2.publish-and-close'],
  'counts lost clients': ['REL2.count-after-loss'],
  'counts pongs only': ['REL3.alive-by-frames'],
  'counts written messages as life': ['REL3.written-to'],
  'ignores the single topic of an unsubscription': ['REL4.unsubscribe'],
  'serializes payloads again': ['REL4.payload-bytes'],
  'parses leniently': ['REL3.lenient-trailing-comma', 'REL3.lenient-comment', 'REL3.lenient-quotes-single'],
  'accepts text behind an object': ['REL3.lenient-text-behind'],
  'accepts NaN': ['REL3.lenient-nan'],
  'accepts bad escapes': ['REL3.lenient-bad-escape'],
  'closes all clients for invalid UTF-8': ['REL3.binary-no-text'],
  'replaces nested counts': ['REL2.data-nested'],
  'parses JSON in strings': ['REL2.data-json-in-a-string'],
  'damages characters': ['REL2.data-unicode'],
  'drops falsy data': ['REL2.data-null', 'REL2.data-false', 'REL2.data-zero', 'REL2.data-empty-string'],
  'turns {} into []': ['REL2.data-empty-object'],
  'turns [] into {}': ['REL2.data-empty-list'],
  'cuts large messages': ['REL2.data-large'],
  'closes after an unknown type': ['REL1.unknown-type', 'REL1.no-type'],
  'closes after a publication without a topic': ['REL1.no-topic'],
  'takes an object for a list': ['REL1.topics-no-list'],
  'removes spaces': ['REL2.same-bytes-spaces'],
};

/** The cases in which the server of y-webrtc deviates. */
const Y_WEBRTC = {
  loose: [
    ...['REL2.as-it-came', 'REL2.same-bytes-large-integer', 'REL2.same-bytes-decimals', 'REL2.same-bytes-exponent'],
    ...['REL2.same-bytes-spaces', 'REL2.same-bytes-escapes', 'REL2.same-bytes-numeric-names', 'REL2.same-bytes-repeated-members'],
    ...['REL4.to-the-others', 'REL4.payload-bytes', 'REL4.unsubscribe', 'REL5.unknown-realm'],
  ],
  dangerous: [
    ...['REL1.topics-no-list', 'REL3.no-json', 'REL3.half-json', 'REL3.empty', 'REL3.much-nonsense'],
    ...['REL3.lenient-trailing-comma', 'REL3.lenient-comment', 'REL3.lenient-quotes-single', 'REL3.lenient-nan'],
    ...['REL3.lenient-text-behind', 'REL3.lenient-bad-escape', 'REL3.binary-no-text'],
  ],
};
/** Short, because many cases wait for a response that never comes. */
const FIRST_PATIENCE = ['--patience', '3000'];

function verdictOnYWebrtc(id: string): Verdict {
  if (Y_WEBRTC.loose.includes(id)) return 'loose';
  return Y_WEBRTC.dangerous.includes(id) ? 'dangerous' : 'ok';
}

/** The server has no settings, so some cases are not testable; the page has their number. */
function isUnexpected({ id, verdict }: CaseResult): boolean {
  return verdict !== 'not testable' && verdict !== verdictOnYWebrtc(id);
}

/** All cases. On a busy machine some need more patience, so cases with another verdict are repeated with more of it. */
async function runOnYWebrtc(): Promise<readonly CaseResult[]> {
  const command = `env PORT={port} "${process.execPath}" node_modules/y-webrtc/bin/server.js`;
  const flags = ['--dialect', 'relay', '--command', command];
  const { cases: first } = (await runSuite(...flags, ...FIRST_PATIENCE)).result;
  const doubtful = first.filter(isUnexpected);
  if (doubtful.length === 0) return first;
  const again = (await runSuite(...flags, ...doubtful.flatMap(({ id }) => ['--only', id]))).result.cases;
  return first.map((one) => again.find(({ id }) => id === one.id) ?? one);
}

describe.concurrent('the topic relay cases', () => {
  it('report the known deviations of the y-webrtc server', { timeout: 3 * MINUTES }, async () => {
    const all = await runOnYWebrtc();
    expect(all.filter(isUnexpected)).toEqual([]);
    expectPublished('relay-y-webrtc', countsTable('the server of y-webrtc', all));
  });

  it('have a relay with a fault for each of them', () => {
    const detected = new Set(Object.values(FAULTS).flat());
    expect(cases.map(({ id }) => id).filter((id) => !detected.has(id))).toEqual([]);
  });

  it('pass a conforming relay', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('conforming', ConformingRelay) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.each(Object.entries(FAULTS))('detect a relay that %s', { timeout: MINUTES }, async (fault, ids) => {
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
});
