import { describe, expect, it } from 'vitest';
import { finding, skipped } from '../../../../doctor/findings.ts';
import { isPairWay, readPairMessage } from '../../../../doctor/judge/pair-message.ts';

const FINDINGS = [finding('hello', { ms: 7 }), finding('turn-refused'), skipped('D11', 'no server')];
const [GOOD] = FINDINGS;
const WAYS = [{ way: 'host', isConnected: false }];

describe('a message of the other page', () => {
  it('has findings and ways, as they were sent', () => {
    const sent = JSON.parse(JSON.stringify({ findings: FINDINGS, isReply: true, ways: WAYS })) as unknown;
    expect(readPairMessage(sent)).toEqual({ findings: FINDINGS, isReply: true, ways: WAYS });
  });

  it('can not name a setting or a page that this one does not know', () => {
    const [read] =
      readPairMessage({ findings: [{ ...GOOD, setting: 'evil', link: 'https://evil.example/', more: 1 }] }).findings ?? [];
    expect(read).toEqual(GOOD);
  });

  it.each([
    ...[null, 1, 'x', [], {}, [null], [1], [{}], Array.from({ length: 101 }, () => GOOD)],
    ...[{ step: 'D99' }, { step: 'toString' }, { state: 'fine' }, { verdict: 'constructor' }, { verdict: 5 }].map((odd) => [
      { ...GOOD, ...odd },
    ]),
    ...[{ is: 5 }, { is: undefined }, { effect: 'x'.repeat(501) }, { remedy: {} }].map((odd) => [{ ...GOOD, ...odd }]),
  ])('has no findings of another form: %j', (findings) => {
    const read = readPairMessage({ findings }).findings;
    expect(read === undefined || read.length === 0).toBe(true);
  });

  it.each([null, {}, [null], [{ way: 'host' }], [{ way: 'tunnel', isConnected: true }], [{ way: 'host', isConnected: 1 }]])(
    'has no ways of another form: %j',
    (ways) => expect(readPairMessage({ ways }).ways).toBeUndefined(),
  );

  it.each([undefined, null, 5, 'x'])('may be nothing: %j', (payload) => expect(readPairMessage(payload)).toEqual({}));

  it('knows its ways', () => expect(['host', 'relay-tcp', 'x', undefined].map(isPairWay)).toEqual([true, true, false, false]));
});
