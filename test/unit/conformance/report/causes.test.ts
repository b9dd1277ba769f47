import { describe, expect, it } from 'vitest';
import { causesOf } from '../../../../conformance/report/causes.ts';
import { sampleCase } from './sample-runs.ts';

describe('the causes of a run', () => {
  const failed = (id: string, why: string) => sampleCase(id, { verdict: 'failed', why });

  it('combine cases with a known cause, across rules', () => {
    const whys = ['timed out after 5000 ms waiting for a pong for ann', 'timed out after 5000 ms waiting for a pong for bob'];
    expect(causesOf([failed('L3.a', whys[0] ?? ''), failed('O5.b', whys[1] ?? '')])).toMatchObject([
      { cause: 'sends no pong', verdict: 'failed', cases: [{ id: 'L3.a' }, { id: 'O5.b' }] },
    ]);
  });

  it('combine cases of one rule whose reasons differ in ids and numbers only', () => {
    const cases = [failed('M1.a', 'bob received 7 of ann-1234abcd-5678'), failed('M1.b', 'bob received 8 of ann-ffffffff-0000')];
    expect(causesOf(cases)).toHaveLength(1);
    expect(causesOf([...cases, failed('M2.c', 'bob received 7 of ann-1234abcd-5678')])).toHaveLength(2);
  });

  it('are sorted by verdict, then by severity, then by the number of cases', () => {
    const found = causesOf([
      sampleCase('H1.a', { verdict: 'loose', severity: 'recommended', why: 'x' }),
      sampleCase('M2.b', { verdict: 'failed', severity: 'hardening', why: 'y' }),
      ...['M3.c', 'M3.d'].map((id) => sampleCase(id, { verdict: 'failed', severity: 'required', why: 'z' })),
      sampleCase('M1.e', { verdict: 'failed', severity: 'required', why: 'w' }),
      sampleCase('L1.f', { verdict: 'dangerous', severity: 'hardening', why: 'v' }),
      sampleCase('L1.g'),
      sampleCase('L1.h', { verdict: 'not testable' }),
    ]);
    expect(found.map(({ cases }) => cases.map(({ id }) => id).join(' '))).toEqual(['L1.f', 'M3.c M3.d', 'M1.e', 'M2.b', 'H1.a']);
  });

  it('are named by the observation, not by the deviation of peer, which may be another one', () => {
    const known = sampleCase('M7.a', { verdict: 'dangerous', why: 'Bob received it', reference: 'relays it' });
    expect(causesOf([known])).toMatchObject([{ cause: 'Bob received it', verdict: 'dangerous' }]);
  });

  it.each([
    ['M14.told', 'timed out after 3200 ms waiting for a frame for ann', 'sends no EXPIRE'],
    ['M16.closing', 'timed out after 3200 ms waiting for a frame for ann', 'timed out after 3200 ms waiting for a frame for ann'],
    [
      'O2.unknown',
      'timed out after 9 ms waiting for the server to close the socket of unknown-key',
      'leaves refused sockets open',
    ],
    ['L1.silent', 'timed out after 9 ms waiting for the server to close the socket of ann', 'never closes silent peers'],
    ['O9.root', 'timed out after 9 ms waiting for a handshake at /', 'does not answer handshakes at other paths'],
  ])('recognize the cause of %s', (id, why, cause) => {
    expect(causesOf([failed(id, why)])).toMatchObject([{ cause }]);
  });
});
