import { describe, expect, it } from 'vitest';
import { newConnection } from '../../../../conformance/random/client-connection.ts';
import { actionFor, UNUSABLE_ID, type StepDriver, type ActivePeer, type Step } from '../../../../conformance/random/steps.ts';

/** Writes down what it is told to do. */
class Scribe implements StepDriver<string> {
  readonly #seats: readonly ActivePeer[];

  constructor(...seats: readonly (readonly [realm: number, id: string])[]) {
    this.#seats = seats.map(([realm, id]) => ({
      realm,
      id,
      connection: newConnection(`the line of ${id}`, { realm: `${realm}`, id, token: 'one' }),
    }));
  }

  activePeers = () => this.#seats;
  connect: StepDriver<string>['connect'] = ({ realm, id }, token) => `connect ${realm} ${id} ${token}`;
  relay: StepDriver<string>['relay'] = (line, to, kind) => `${line.name}: ${kind} to ${to}`;
  flood: StepDriver<string>['flood'] = (line, to, count) => `${line.name}: ${count} to ${to}`;
  sendFromAll: StepDriver<string>['sendFromAll'] = (lines, to) => `${lines.map(({ name }) => name).join(' and ')}: to ${to}`;
  sendHeartbeat: StepDriver<string>['sendHeartbeat'] = (line) => `${line.name}: beat`;
  sendMalformed: StepDriver<string>['sendMalformed'] = (line, over, times) => `${line.name}: ${times} ${over}`;
  sendIgnored: StepDriver<string>['sendIgnored'] = (line, what) => `${line.name}: ${what}`;
  leave: StepDriver<string>['leave'] = (line) => `${line.name}: leave`;
  hangUp: StepDriver<string>['hangUp'] = (line, how) => `${line.name}: ${how}`;
  wait: StepDriver<string>['wait'] = (ms) => `wait ${ms}`;
}

const ANN = { realm: 0, who: 'ann' };

/** Every step, what it is in words, and what is done. */
const STEPS: readonly (readonly [step: Step, words: string, done: string])[] = [
  [{ do: 'connect', realm: 1, id: 'eve', token: 'two' }, 'eve in realm 2 connects with token two', 'connect 1 eve two'],
  [{ do: 'reconnect', ...ANN }, 'ann connects again with the same token', 'connect 0 ann one'],
  [{ do: 'takeover', ...ANN }, 'ann is asked for by somebody with another token', 'connect 0 ann not one'],
  [{ do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' }, 'ann sends OFFER to bob', 'the line of ann: OFFER to bob'],
  [
    { do: 'relay', ...ANN, kind: 'OFFER', to: UNUSABLE_ID },
    'ann sends OFFER to "no\\u0007body"',
    `the line of ann: OFFER to ${UNUSABLE_ID}`,
  ],
  [
    { do: 'flood', ...ANN, to: 'bob', count: 9 },
    'ann sends CANDIDATE 9 times to bob, without a pause',
    'the line of ann: 9 to bob',
  ],
  [
    { do: 'from-all', realm: 0, to: 'eve' },
    'ann and bob, each and all at once, sends CANDIDATE to eve',
    'the line of ann and the line of bob: to eve',
  ],
  [{ do: 'from-all', realm: 1, to: 'eve' }, 'ann in realm 2 sends CANDIDATE to eve', 'the line of ann: to eve'],
  [{ do: 'heartbeat', ...ANN }, 'ann sends HEARTBEAT', 'the line of ann: beat'],
  [
    { do: 'malformed', ...ANN, frame: 'nothing', times: 1 },
    'ann sends what is no JSON object: nothing',
    'the line of ann: 1 nothing',
  ],
  [
    { do: 'malformed', ...ANN, frame: 'nothing', times: 3 },
    'ann sends what is no JSON object, 3 times: nothing',
    'the line of ann: 3 nothing',
  ],
  [{ do: 'ignored', ...ANN, frame: 'no type' }, 'ann sends what means nothing: no type', 'the line of ann: no type'],
  [{ do: 'leave', ...ANN }, 'ann says LEAVE', 'the line of ann: leave'],
  [{ do: 'close', ...ANN }, 'ann closes its socket', 'the line of ann: close'],
  [{ do: 'cut', ...ANN }, 'ann is cut off', 'the line of ann: cut'],
  [{ do: 'wait', ms: 20 }, '20 ms pass', 'wait 20'],
];

describe('a step', () => {
  it.each(STEPS)('%j', (step, words, done) => {
    const deed = actionFor(step, new Scribe([0, 'ann'], [0, 'bob'], [1, 'ann']));
    expect([deed?.description, deed?.run()]).toEqual([words, done]);
  });

  it('is done by the next one where nobody has that id, and says so', () => {
    const beat = (who: string) =>
      actionFor({ do: 'heartbeat', realm: 0, who }, new Scribe([1, 'ann'], [0, 'eve'], [0, 'bob']))?.step;
    expect(beat('ann')).toEqual({ do: 'heartbeat', realm: 0, who: 'bob' });
    expect(beat('čtyři')).toEqual({ do: 'heartbeat', realm: 0, who: 'eve' });
    expect(beat('fay')).toEqual({ do: 'heartbeat', realm: 1, who: 'ann' });
    expect(beat('a stranger')).toEqual({ do: 'heartbeat', realm: 0, who: 'bob' });
  });

  it('is none where nobody is there', () => {
    expect(actionFor({ do: 'heartbeat', ...ANN }, new Scribe())).toBeUndefined();
    expect(actionFor({ do: 'from-all', realm: 1, to: 'bob' }, new Scribe([0, 'ann']))).toBeUndefined();
  });
});
