import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConformingNats, type NatsFault } from '../../conformance/topics/conforming-nats.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startWebSocketNats } from '../../support/engines/nats-server.ts';
import { countsTable, expectPublished, notOk, runSuite } from './suite.ts';
import { describeWireCases } from './wire-cases.ts';

const MINUTES = 180_000;

const UNREADABLE = [
  ...['unknown-verb', 'empty-line', 'no-json', 'no-sid', 'many-words', 'no-size', 'negative-size', 'text-as-size'],
  ...['long-payload', 'large-headers'],
].map((name) => `NA8.${name}`);
const INVALID_SUBJECTS = [1, 2, 3, 4].map((n) => `NA9.invalid-subject-${n}`);
const PAYLOADS = ['lines', 'message', 'ping'].map((name) => `NA12.payload-${name}`);

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<NatsFault, readonly string[]>> = {
  'sends text frames': ['NA1.binary-frames'],
  'reads one verb of each frame': ['NA1.one-frame'],
  'reads each frame by itself': ['NA1.cut-anywhere'],
  'knows verbs in capitals only': ['NA1.spelling'],
  'has no version': ['NA2.version'],
  'has no maximum': ['NA2.max-payload'],
  'confirms CONNECT always': ['NA3.pong'],
  'ignores a later CONNECT': ['NA3.later-connect'],
  'never confirms': ['NA4.verbose'],
  'answers PING before SUB': ['NA6.keeps-place'],
  'subscribes to invalid subjects': INVALID_SUBJECTS,
  'closes after an invalid subject': INVALID_SUBJECTS,
  'delivers to similar subjects': ['NA10.exact'],
  'matches any rest with *': ['NA10.any-token'],
  'matches nothing with >': ['NA10.any-rest'],
  'matches the subject without rest': ['NA10.any-rest'],
  'matches parts of tokens': ['NA10.part-of-token'],
  'ignores UNSUB': ['NA11.unsubscribe'],
  'ends all subscriptions': ['NA11.unsubscribe'],
  'counts a maximum from UNSUB': ['NA11.maximum'],
  'replaces a sid in use': ['NA11.sid-in-use'],
  'drops empty payloads': ['NA12.payload-empty'],
  'trims payloads': ['NA12.payload-message', 'NA12.payload-ping'],
  'ends a payload at a line': PAYLOADS,
  'omits reply subjects': ['NA12.reply'],
  'omits headers': ['NA12.headers'],
  'sends headers to everybody': ['NA12.headers'],
  'reorders messages': ['NA12.order'],
  'cuts large payloads': ['NA12.large'],
  'delivers once to each client': ['NA13.each-sid'],
  'never echoes': ['NA13.own'],
  'always echoes': ['NA13.own'],
  'ignores queues': ['NA14.one-of-queue'],
  'delivers no requests': ['NA15.request'],
  'has no 503': ['NA15.no-responders'],
  'allows no_responders without headers': ['NA4.headers-missing'],
  'closes without an error': ['NA8.error-unknown-verb', 'NA8.error-long-line', 'NA8.large-payload'],
  'ignores unreadable lines': UNREADABLE,
  'closes all clients after an unreadable line': UNREADABLE,
  'waits for large payloads': ['NA8.large-payload'],
  'allows long lines': ['NA8.error-long-line'],
  'never pings': ['NA6.pinged'],
  'closes clients that answer pings': ['NA6.pinged'],
  'never closes silent clients': ['NA6.unanswered'],
};

describeWireCases({ wire: 'NATS', dialect: 'nats', Server: ConformingNats, faults: FAULTS });

describe('the NATS cases with nats-server', () => {
  let nats: EngineServer;
  beforeAll(async () => {
    nats = await startWebSocketNats();
  });
  afterAll(() => nats.stop());

  it('pass it', { timeout: MINUTES }, async () => {
    const { code, result } = await runSuite('--dialect', 'nats', '--url', `${nats.url.replace('ws:', 'http:')}/`);
    expect(notOk(result).filter((line) => !line.startsWith('not testable'))).toEqual([]);
    expect(code).toBe(0);
    expectPublished('nats-server', countsTable('nats-server', result.cases));
  });
});
