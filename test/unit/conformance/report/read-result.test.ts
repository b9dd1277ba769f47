import { describe, expect, it } from 'vitest';
import { InvalidResult, readResult } from '../../../../conformance/report/read-result.ts';
import { EACH_VERDICT, HOSTILE_CASE, sampleRun } from './sample-runs.ts';

const RUN = sampleRun([...EACH_VERDICT, HOSTILE_CASE]);

describe('the JSON of a run', () => {
  it('is parsed without loss', () => {
    expect(readResult(JSON.stringify(RUN))).toEqual(RUN);
  });

  it('may have unknown members', () => {
    expect(readResult(JSON.stringify({ ...RUN, node: 'v99', cases: [{ ...EACH_VERDICT[1], seed: 1 }] }))).toEqual(
      sampleRun(EACH_VERDICT.slice(1, 2)),
    );
  });

  it.each<[string, unknown]>([
    ['is not JSON', '{'],
    ['has no object at the whole', []],
    ['has no object at the whole', null],
    ['is not a result of signalbox conform', { suite: 'another' }],
    ['is not a result of signalbox conform', { name: 'package' }],
    ['has the unsupported format 2; only format 1 is supported', { ...RUN, format: 2 }],
    ['has the unsupported format nothing; only format 1 is supported', { ...RUN, format: undefined }],
    ['has no string at server', { ...RUN, server: 5 }],
    ['has no number at took', { ...RUN, took: '5' }],
    ['has no list at cases', { ...RUN, cases: {} }],
    ['has no object at cases[1]', { ...RUN, cases: [EACH_VERDICT[0], 'x'] }],
    ['has no string at cases[0].id', { ...RUN, cases: [{ ...EACH_VERDICT[0], id: undefined }] }],
    [
      'has "great" at cases[0].verdict; allowed are dangerous, failed',
      { ...RUN, cases: [{ ...EACH_VERDICT[0], verdict: 'great' }] },
    ],
    ['has nothing at cases[0].severity', { ...RUN, cases: [{ ...EACH_VERDICT[0], severity: undefined }] }],
    ['has no string at cases[0].why', { ...RUN, cases: [{ ...EACH_VERDICT[0], why: 1 }] }],
    ['has no string at cases[0].reference', { ...RUN, cases: [{ ...EACH_VERDICT[0], reference: null }] }],
    ['has no number at cases[0].transcript[0].at', { ...RUN, cases: [{ ...EACH_VERDICT[0], transcript: [{ who: 'ann' }] }] }],
    ['at cases[0].transcript[0].how', { ...RUN, cases: [{ ...EACH_VERDICT[0], transcript: [{ at: 1, who: 'ann', how: 'x' }] }] }],
  ])('%s', (complaint, foreign) => {
    const read = () => readResult(typeof foreign === 'string' ? foreign : JSON.stringify(foreign));
    expect(read).toThrow(InvalidResult);
    expect(read).toThrow(complaint);
  });
});
