import { describe, expect, it } from 'vitest';
import { exitCodeOf, finding, skipped } from '../../../doctor/findings.ts';

describe('a finding', () => {
  it('has the texts of its verdict with the facts filled in', () => {
    expect(finding('wrong-path', { path: '/', found: '/peerjs/' })).toMatchObject({
      ...{ step: 'D2', state: 'bad', verdict: 'wrong-path', is: 'No broker answers at /, but one answers at /peerjs/.' },
      ...{ remedy: 'Use /peerjs/ as path in the client, or change the path of the broker.', setting: 'path' },
    });
  });

  it('may have another state than its verdict', () => expect(finding('turn-silent', {}, 'doubtful').state).toBe('doubtful'));

  it('gives the reason of a skipped step', () =>
    expect(skipped('D8', 'No doctor.')).toMatchObject({ step: 'D8', state: 'skipped', is: 'No doctor.' }));

  it.each([
    [['hello'], false, 0],
    [['hello', 'ice-none'], false, 0],
    [['hello', 'ice-none'], true, 1],
    [['ice-none', 'login'], true, 2],
    [['login'], false, 2],
  ] as const)('%j with strict %s exits with %i', (ids, isStrict, code) =>
    expect(
      exitCodeOf(
        ids.map((id) => finding(id)),
        isStrict,
      ),
    ).toBe(code),
  );
});
