import { describe, expect, it } from 'vitest';
import { newLine } from '../../../../conformance/random/line.ts';
import { deedOf, NOBODY, type Hand, type Seated, type Step } from '../../../../conformance/random/steps.ts';

/** Writes down what it is told to do. */
class Scribe implements Hand<string> {
  readonly #seats: readonly Seated[];

  constructor(...seats: readonly (readonly [realm: number, id: string])[]) {
    this.#seats = seats.map(([realm, id]) => ({
      realm,
      id,
      line: newLine(`the line of ${id}`, { realm: `${realm}`, id, token: 'one' }),
    }));
  }

  seated = () => this.#seats;
  connect: Hand<string>['connect'] = ({ realm, id }, token) => `connect ${realm} ${id} ${token}`;
  relay: Hand<string>['relay'] = (line, to, kind) => `${line.name}: ${kind} to ${to}`;
  flood: Hand<string>['flood'] = (line, to, count) => `${line.name}: ${count} to ${to}`;
  chorus: Hand<string>['chorus'] = (lines, to) => `${lines.map(({ name }) => name).join(' and ')}: to ${to}`;
  beat: Hand<string>['beat'] = (line) => `${line.name}: beat`;
  stumble: Hand<string>['stumble'] = (line, over, times) => `${line.name}: ${times} ${over}`;
  mutter: Hand<string>['mutter'] = (line, what) => `${line.name}: ${what}`;
  leave: Hand<string>['leave'] = (line) => `${line.name}: leave`;
  hangUp: Hand<string>['hangUp'] = (line, how) => `${line.name}: ${how}`;
  wait: Hand<string>['wait'] = (ms) => `wait ${ms}`;
}

const ANN = { realm: 0, who: 'ann' };

/** Every step, what it is in words, and what is done. */
const STEPS: readonly (readonly [step: Step, words: string, done: string])[] = [
  [{ do: 'connect', realm: 1, id: 'eve', token: 'two' }, 'eve in realm 2 connects with token two', 'connect 1 eve two'],
  [{ do: 'reconnect', ...ANN }, 'ann connects again with the same token', 'connect 0 ann one'],
  [{ do: 'steal', ...ANN }, 'ann is asked for by somebody with another token', 'connect 0 ann not one'],
  [{ do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' }, 'ann sends OFFER to bob', 'the line of ann: OFFER to bob'],
  [
    { do: 'relay', ...ANN, kind: 'OFFER', to: NOBODY },
    'ann sends OFFER to "no\\u0007body"',
    `the line of ann: OFFER to ${NOBODY}`,
  ],
  [
    { do: 'flood', ...ANN, to: 'bob', count: 9 },
    'ann sends CANDIDATE 9 times to bob, without a pause',
    'the line of ann: 9 to bob',
  ],
  [
    { do: 'chorus', realm: 0, to: 'eve' },
    'ann and bob, each and all at once, sends CANDIDATE to eve',
    'the line of ann and the line of bob: to eve',
  ],
  [{ do: 'chorus', realm: 1, to: 'eve' }, 'ann in realm 2 sends CANDIDATE to eve', 'the line of ann: to eve'],
  [{ do: 'beat', ...ANN }, 'ann sends HEARTBEAT', 'the line of ann: beat'],
  [
    { do: 'stumble', ...ANN, over: 'nothing', times: 1 },
    'ann sends what is no JSON object: nothing',
    'the line of ann: 1 nothing',
  ],
  [
    { do: 'stumble', ...ANN, over: 'nothing', times: 3 },
    'ann sends what is no JSON object, 3 times: nothing',
    'the line of ann: 3 nothing',
  ],
  [{ do: 'mutter', ...ANN, what: 'no type' }, 'ann sends what means nothing: no type', 'the line of ann: no type'],
  [{ do: 'leave', ...ANN }, 'ann says LEAVE', 'the line of ann: leave'],
  [{ do: 'close', ...ANN }, 'ann closes its socket', 'the line of ann: close'],
  [{ do: 'cut', ...ANN }, 'ann is cut off', 'the line of ann: cut'],
  [{ do: 'wait', ms: 20 }, '20 ms pass', 'wait 20'],
];

describe('a step', () => {
  it.each(STEPS)('%j', (step, words, done) => {
    const deed = deedOf(step, new Scribe([0, 'ann'], [0, 'bob'], [1, 'ann']));
    expect([deed?.words, deed?.run()]).toEqual([words, done]);
  });

  it('is done by the next one where nobody has that id, and says so', () => {
    const beat = (who: string) => deedOf({ do: 'beat', realm: 0, who }, new Scribe([1, 'ann'], [0, 'eve'], [0, 'bob']))?.step;
    expect(beat('ann')).toEqual({ do: 'beat', realm: 0, who: 'bob' });
    expect(beat('čtyři')).toEqual({ do: 'beat', realm: 0, who: 'eve' });
    expect(beat('fay')).toEqual({ do: 'beat', realm: 1, who: 'ann' });
    expect(beat('a stranger')).toEqual({ do: 'beat', realm: 0, who: 'bob' });
  });

  it('is none where nobody is there', () => {
    expect(deedOf({ do: 'beat', ...ANN }, new Scribe())).toBeUndefined();
    expect(deedOf({ do: 'chorus', realm: 1, to: 'bob' }, new Scribe([0, 'ann']))).toBeUndefined();
  });
});
