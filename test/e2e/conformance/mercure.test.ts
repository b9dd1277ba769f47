import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import { inProcess } from '../../conformance/mutants/in-process.ts';
import { ConformingHub, type HubFault } from '../../conformance/topics/conforming-hub.ts';
import { countsTable, expectPublished, notOk, runSuite, signalboxCommand } from './suite.ts';

const { cases } = DIALECTS.mercure;
const MINUTES = 180_000;
const PATIENCE_MS = 2_500;

/** What is wrong, and the cases that must find it out. */
const WRONG: Readonly<Record<HubFault, readonly string[]>> = {
  'sends no comment': ['MER1.opens-at-once'],
  'beats no heart': ['MER9.heartbeat'],
  'answers with JSON': ['MER1.head'],
  'may be kept': ['MER1.not-kept'],
  'knows no slash': ['MER1.slash-at-end'],
  'opens without a topic': ['MER2.no-topic'],
  'takes the first topic only': ['MER1.several-topics'],
  'takes the first name only': ['MER4.alternate-name'],
  'tells once for each name': ['MER4.once'],
  'tells everybody': ['MER4.others-unheard'],
  'tells the newest first': ['MER4.order'],
  'knows no star': ['MER6.all'],
  'knows no template': ['MER6.template'],
  'lets a template fit slashes': ['MER6.template'],
  'takes a match for a template': ['MER6.match'],
  'knows no pattern': ['MER6.url-pattern'],
  'takes every pattern': ['MER6.regular-expression', 'MER6.no-pattern'],
  'keeps all for a slow reader': ['MER9.slow-reader'],
  'ends all streams with one': ['MER9.cut'],
  'makes another id': ['MER3.id-made', 'MER3.id-given'],
  'overlooks the id': ['MER3.id-given'],
  'overlooks the query': ['MER3.topic-in-query'],
  'takes every form': ['MER3.no-topic', 'MER3.reserved-id', 'MER3.retry-no-number'],
  'reads JSON': ['MER3.no-form'],
  'dies of odd bytes': ['MER3.bytes-no-text'],
  'takes what is too large': ['MER3.too-large'],
  'drops what has no data': ['MER4.no-data'],
  'trims data': ['MER4.spaces-in-front', 'MER4.lines'],
  'writes data as one line': ['MER4.lines', 'MER4.line-ends', 'MER4.like-a-field'],
  'overlooks the type': ['MER4.type'],
  'overlooks the retry': ['MER4.retry'],
  'writes ids and types as they are': ['MER4.line-end-in-id', 'MER4.line-end-in-type'],
  'overlooks the header': ['MER5.header', 'MER5.no-gap'],
  'overlooks the id in the query': ['MER5.query'],
  'replays other topics': ['MER5.others-unheard'],
  'says not where it begins': ['MER5.says-where-it-begins', 'MER5.forgotten'],
  'forgets in silence': ['MER5.forgotten'],
  'replays what is live': ['MER5.no-gap'],
  'believes every signature': ['MER7.publish-bad-signature', 'MER7.subscribe-bad-signature'],
  'believes what nobody signed': ['MER7.publish-algorithm-none', 'MER7.subscribe-algorithm-none'],
  'believes what is over': ['MER7.publish-expired', 'MER7.subscribe-expired'],
  'lets everybody publish': ['MER7.publish-no-token', 'MER7.publish-no-jwt', 'MER7.guest-is-silent'],
  'lets everybody subscribe': ['MER7.subscribe-no-token', 'MER7.subscribe-no-jwt'],
  'overlooks the claim': ['MER7.no-claim', 'MER7.claim-of-nothing', 'MER7.claim-of-another', 'MER7.one-name-uncovered'],
  'asks for one name only': ['MER7.one-name-uncovered'],
  'knows no selector in claims': ['MER7.claim-by-selector'],
  'streams to every page by cookie': ['MER10.stream-of-foreign-page'],
  'streams beyond the token': ['MER12.stream-ends'],
  'tells what is private': ['MER7.private', 'MER7.guest-hears'],
  'replays what is private': ['MER7.private-replayed'],
  'knows no cookie': ['MER7.token-in-cookie'],
  'knows no token in the query': ['MER7.token-in-query'],
  'trusts cookies of every page': ['MER7.cookie-of-foreign-page', 'MER7.cookie-of-no-origin'],
  'trusts no cookie': ['MER7.cookie-of-listed-page'],
  'is never open': ['MER7.open'],
  'knows no credentials': ['MER8.listed'],
  'welcomes every page': ['MER8.stranger'],
  'refuses without a word to pages': ['MER8.refusals'],
  'answers no preflight': ['MER8.preflight'],
};

describe('the cases of Mercure', () => {
  it('pass a hub that keeps the rules', { timeout: MINUTES }, async () => {
    const results = await runCases({ cases, servers: inProcess('honest', ConformingHub) });
    expect(results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it.concurrent.each(Object.entries(WRONG))('find out one that %s', { timeout: MINUTES }, async (fault, ids) => {
    class Wrong extends ConformingHub {
      constructor(settings: ConstructorParameters<typeof ConformingHub>[0]) {
        super(settings, fault as HubFault);
      }
    }
    const asked = cases.filter(({ id }) => ids.includes(id));
    const results = await runCases({ cases: asked, servers: inProcess(fault, Wrong, PATIENCE_MS) });
    expect(asked.length).toBe(ids.length);
    expect(results.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  });

  it.each(['uws', 'node'] as const)('are kept by Signalbox on %s', { timeout: MINUTES }, async (transport) => {
    const command = signalboxCommand(transport);
    const { code, result } = await runSuite('--dialect', 'mercure', '--command', command, '--flavour', 'signalbox', '--strict');
    expect(notOk(result)).toEqual([]);
    expect(code).toBe(0);
    expectPublished(`mercure-${transport}`, countsTable(`Signalbox, \`${transport}\``, result.cases));
  });
});
