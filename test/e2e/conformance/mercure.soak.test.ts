import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingHub, type HubFault } from '../../conformance/topics/conforming-hub.ts';

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
  'trims data': ['MER4.spaces-in-front', 'MER4.spaces-at-end', 'MER4.lines'],
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
  'does not match template characters literally': ['MER6.template-with-dot'],
  'ignores match_exact': ['MER6.match-exact', 'MER6.mixed-parameters'],
  'ignores unknown match parameters': ['MER2.unknown-match-parameter'],
  'ignores last_event_id in the query': ['MER5.query-name-with-underscores'],
  'uses the query before the header': ['MER5.header-before-query'],
  'replays without being asked': ['MER5.nothing-asked'],
  'does not know earliest': ['MER5.earliest'],
  'replays nothing after an unknown id': ['MER5.unknown-id'],
  'replays the data only': ['MER5.whole-event'],
  'replays by the first topic only': ['MER5.alternate-name'],
  'replays once per topic': ['MER5.once'],
  'replays exact names only': ['MER5.by-pattern'],
  'replays one update per id': ['MER5.same-id'],
  'replays private updates for earliest': ['MER7.private-replayed-earliest'],
  'replays private updates after an unknown id': ['MER7.private-replayed-unknown-id'],
  'requires the bare content type': ['MER3.form-with-charset'],
  'decodes no plus signs': ['MER3.form-escapes'],
  'counts ids by the second': ['MER3.ids-differ'],
  'sends empty ids': ['MER3.empty-id'],
  'accepts the id earliest': ['MER3.id-earliest'],
  'returns the id as HTML': ['MER3.id-as-text'],
  'splits data at other line ends': ['MER4.unusual-line-ends'],
  'cuts data at a null character': ['MER4.null-character'],
  'removes a byte order mark': ['MER4.byte-order-mark'],
  'removes an empty first line': ['MER4.line-end-first'],
  'treats a colon as a comment': ['MER4.colon-first'],
  'escapes HTML': ['MER4.html'],
  'serializes JSON again': ['MER4.json'],
  'cuts large data': ['MER4.large'],
  'compares topics in lower case': ['MER4.similar-topics'],
  'orders updates per stream': ['MER4.same-order'],
  'sends no challenge': ['MER7.challenge'],
  'compares the scheme exactly': ['MER7.scheme-in-lower-case'],
  'accepts two tokens': ['MER7.two-tokens'],
  'reads the cookie first': ['MER7.header-before-cookie'],
  'has one key': ['MER7.subscribe-with-publisher-key'],
  'verifies publishers with the subscriber key': ['MER7.publish-with-subscriber-key'],
  'grants by the publish claim': ['MER7.private-publish-claim'],
  'reads private as a truth value': [
    'MER7.private-empty-value',
    'MER7.private-value-false',
    'MER7.private-value-off',
    'MER7.private-value-zero',
  ],
  'sends no Vary': ['MER8.vary'],
  'compares the start of an origin': ['MER8.stranger-longer-host', 'MER10.cookie-of-longer-host'],
  'compares the end of an origin': [
    'MER8.stranger-other-start',
    'MER8.stranger-sub-domain',
    'MER10.cookie-of-other-start',
    'MER10.cookie-of-sub-domain',
  ],
  'ignores the scheme of an origin': ['MER8.stranger-other-scheme', 'MER10.cookie-of-other-scheme'],
  'ignores the port of an origin': ['MER8.stranger-other-port', 'MER10.cookie-of-other-port'],
  'allows the origin null': ['MER8.stranger-null', 'MER10.cookie-of-null'],
  'ignores nbf': ['MER12.not-before'],
  'accepts any exp': ['MER12.expiry-text', 'MER12.expiry-null', 'MER12.expiry-list'],
  'ignores authorization_details': ['MER7.details-exact', 'MER7.details-private', 'MER7.token-in-secure-cookie'],
  'ignores the actions of details': ['MER7.details-other-action'],
  'ignores the topics of details': ['MER7.details-other-topic'],
  'treats details as templates': ['MER7.details-exact-template'],
  'ignores the type of details': ['MER7.details-other-type'],
  'treats missing topics as all': ['MER7.details-no-topics'],
  'treats missing actions as all': ['MER7.details-no-actions'],
  'treats unknown match types as patterns': ['MER7.details-unknown-match-type'],
  'accepts details that are no objects': ['MER7.details-no-objects'],
  'accepts empty details': ['MER7.details-empty'],
  'accepts access tokens without an expiry': ['MER7.details-without-expiry'],
  'ignores the secure cookie': ['MER7.token-in-secure-cookie'],
  'requires an expiry of all tokens': ['MER7.legacy-token'],
  'reads the first detail only': ['MER7.details-second-entry'],
  'ignores URL patterns of details': ['MER7.details-url-pattern'],
  'treats * of details as a name': ['MER7.details-every-topic'],
  'requires a match type': ['MER7.details-no-match-type'],
  'reads Latin-1': ['MER4.unicode'],
  'drops updates with empty data': ['MER4.empty-data', 'MER4.no-data'],
  'removes blanks from topics': ['MER6.very-name'],
};

describe('the Mercure cases', () => {
  it('have a hub with a fault for each of them', () => {
    const detected = new Set(Object.values(FAULTS).flat());
    expect(cases.map(({ id }) => id).filter((id) => !detected.has(id))).toEqual([]);
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
});
