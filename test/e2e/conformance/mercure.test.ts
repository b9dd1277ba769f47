import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingHub, type HubFault } from '../../conformance/topics/conforming-hub.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.mercure;
const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<HubFault, readonly string[]>> = {
  'sends no comment': ['MER1.opens-at-once'],
  'sends no heartbeat': ['MER9.heartbeat'],
  'answers with JSON': ['MER1.head'],
  'allows caching': ['MER1.not-kept'],
  'rejects a trailing slash': ['MER1.slash-at-end'],
  'opens without a topic': ['MER2.no-topic'],
  'uses the first selector only': ['MER1.several-topics'],
  'uses the first topic only': ['MER4.alternate-name'],
  'delivers once per topic': ['MER4.once'],
  'delivers to all subscribers': ['MER4.others-unheard'],
  'reorders updates': ['MER4.order'],
  'does not match *': ['MER6.all'],
  'does not match templates': ['MER6.template'],
  'matches slashes with a template': ['MER6.template'],
  'treats match as a template': ['MER6.match'],
  'does not match URL patterns': ['MER6.url-pattern'],
  'accepts invalid patterns': ['MER6.regular-expression', 'MER6.no-pattern'],
  'buffers without a limit': ['MER9.slow-reader'],
  'ends all streams after one disconnects': ['MER9.cut'],
  'returns another id': ['MER3.id-made', 'MER3.id-given'],
  'ignores the id': ['MER3.id-given'],
  'ignores the query': ['MER3.topic-in-query'],
  'accepts invalid forms': ['MER3.no-topic', 'MER3.reserved-id', 'MER3.retry-no-number'],
  'accepts JSON': ['MER3.no-form'],
  'crashes on invalid UTF-8': ['MER3.bytes-no-text'],
  'accepts oversized updates': ['MER3.too-large'],
  'drops updates without data': ['MER4.no-data'],
  'trims data': ['MER4.spaces-in-front', 'MER4.lines'],
  'writes data as one line': ['MER4.lines', 'MER4.line-ends', 'MER4.like-a-field'],
  'ignores the type': ['MER4.type'],
  'ignores the retry': ['MER4.retry'],
  'allows line breaks in ids and types': ['MER4.line-end-in-id', 'MER4.line-end-in-type'],
  'ignores the Last-Event-ID header': ['MER5.header', 'MER5.no-gap'],
  'ignores lastEventID in the query': ['MER5.query'],
  'replays other topics': ['MER5.others-unheard'],
  'sends no Last-Event-ID': ['MER5.says-where-it-begins', 'MER5.forgotten'],
  'hides a gap in the history': ['MER5.forgotten'],
  'replays live updates': ['MER5.no-gap'],
  'accepts any signature': ['MER7.publish-bad-signature', 'MER7.subscribe-bad-signature'],
  'accepts unsigned tokens': ['MER7.publish-algorithm-none', 'MER7.subscribe-algorithm-none'],
  'accepts expired tokens': ['MER7.publish-expired', 'MER7.subscribe-expired'],
  'lets all clients publish': ['MER7.publish-no-token', 'MER7.publish-no-jwt', 'MER7.guest-is-silent'],
  'lets all clients subscribe': ['MER7.subscribe-no-token', 'MER7.subscribe-no-jwt'],
  'ignores the publish claim': ['MER7.no-claim', 'MER7.claim-of-nothing', 'MER7.claim-of-another', 'MER7.one-name-uncovered'],
  'requires a claim for one topic only': ['MER7.one-name-uncovered'],
  'compares claims literally': ['MER7.claim-by-selector'],
  'streams to any origin with a cookie': ['MER10.stream-of-foreign-page'],
  'keeps streams after the token expires': ['MER12.stream-ends'],
  'delivers private updates to all': ['MER7.private', 'MER7.guest-hears'],
  'replays private updates to all': ['MER7.private-replayed'],
  'ignores the cookie': ['MER7.token-in-cookie'],
  'ignores the token in the query': ['MER7.token-in-query'],
  'accepts cookies of any origin': ['MER7.cookie-of-foreign-page', 'MER7.cookie-of-no-origin'],
  'rejects cookies of listed origins': ['MER7.cookie-of-listed-page'],
  'requires a token on an open hub': ['MER7.open'],
  'allows no credentials': ['MER8.listed'],
  'allows any origin': ['MER8.stranger'],
  'has no CORS headers on refusals': ['MER8.refusals'],
  'rejects preflights': ['MER8.preflight'],
};

describe('the Mercure cases', () => {
  it('pass a conforming hub', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('conforming', ConformingHub) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.concurrent.each(Object.entries(FAULTS))('detect a hub that %s', { timeout: MINUTES }, async (fault, ids) => {
    class FaultyHub extends ConformingHub {
      constructor(settings: ConstructorParameters<typeof ConformingHub>[0]) {
        super(settings, fault as HubFault);
      }
    }
    const selected = cases.filter(({ id }) => ids.includes(id));
    const results = await runCases({ cases: selected, servers: inProcess(fault, FaultyHub, PATIENCE_MS) });
    expect(selected.length).toBe(ids.length);
    expect(results.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual(selected.map(({ id }) => id));
  });

  it.each(['uws', 'node'] as const)('pass Signalbox on %s', { timeout: MINUTES }, async (transport) => {
    const command = signalboxCommand(transport);
    const { code, result } = await runSuite('--dialect', 'mercure', '--command', command, '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`mercure-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
  });
});
