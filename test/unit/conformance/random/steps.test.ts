import { describe, expect, it } from 'vitest';
import { newConnection } from '../../../../conformance/random/client-connection.ts';
import { actionFor, UNUSABLE_ID, type StepDriver, type ActivePeer, type Step } from '../../../../conformance/random/steps.ts';

/** Records the calls of a driver. */
class RecordingDriver implements StepDriver<string> {
  readonly #seats: readonly ActivePeer[];

  constructor(...seats: readonly (readonly [realm: number, id: string])[]) {
    this.#seats = seats.map(([realm, id]) => ({
      realm,
      id,
      connection: newConnection(`the connection of ${id}`, { realm: `${realm}`, id, token: 'one' }),
    }));
  }

  activePeers = () => this.#seats;
  connect: StepDriver<string>['connect'] = ({ realm, id }, token) => `connect ${realm} ${id} ${token}`;
  relay: StepDriver<string>['relay'] = (connection, to, kind) => `${connection.name}: ${kind} to ${to}`;
  flood: StepDriver<string>['flood'] = (connection, to, count) => `${connection.name}: ${count} to ${to}`;
  sendFromAll: StepDriver<string>['sendFromAll'] = (connections, to) =>
    `${connections.map(({ name }) => name).join(' and ')}: to ${to}`;
  sendHeartbeat: StepDriver<string>['sendHeartbeat'] = (connection) => `${connection.name}: heartbeat`;
  sendMalformed: StepDriver<string>['sendMalformed'] = (connection, over, times) => `${connection.name}: ${times} ${over}`;
  sendIgnored: StepDriver<string>['sendIgnored'] = (connection, what) => `${connection.name}: ${what}`;
  leave: StepDriver<string>['leave'] = (connection) => `${connection.name}: leave`;
  hangUp: StepDriver<string>['hangUp'] = (connection, how) => `${connection.name}: ${how}`;
  wait: StepDriver<string>['wait'] = (ms) => `wait ${ms}`;
}

const ANN = { realm: 0, who: 'ann' };

/** Each step with its description and the recorded call. */
const STEPS: readonly (readonly [step: Step, description: string, done: string])[] = [
  [{ do: 'connect', realm: 1, id: 'eve', token: 'two' }, 'eve in realm 2 connects with token two', 'connect 1 eve two'],
  [{ do: 'reconnect', ...ANN }, 'ann reconnects with the same token', 'connect 0 ann one'],
  [{ do: 'takeover', ...ANN }, 'ann is claimed by another connection with another token', 'connect 0 ann one and more'],
  [{ do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' }, 'ann sends OFFER to bob', 'the connection of ann: OFFER to bob'],
  [
    { do: 'relay', ...ANN, kind: 'OFFER', to: UNUSABLE_ID },
    'ann sends OFFER to "no\\u0007body"',
    `the connection of ann: OFFER to ${UNUSABLE_ID}`,
  ],
  [
    { do: 'flood', ...ANN, to: 'bob', count: 9 },
    'ann sends 9 messages to bob, without a pause',
    'the connection of ann: 9 to bob',
  ],
  [
    { do: 'from-all', realm: 0, to: 'eve' },
    'ann and bob each send CANDIDATE to eve at the same time',
    'the connection of ann and the connection of bob: to eve',
  ],
  [{ do: 'from-all', realm: 1, to: 'eve' }, 'ann in realm 2 sends CANDIDATE to eve', 'the connection of ann: to eve'],
  [{ do: 'heartbeat', ...ANN }, 'ann sends HEARTBEAT', 'the connection of ann: heartbeat'],
  [
    { do: 'malformed', ...ANN, frame: 'an empty frame', times: 1 },
    'ann sends a frame that is not a JSON object: an empty frame',
    'the connection of ann: 1 an empty frame',
  ],
  [
    { do: 'malformed', ...ANN, frame: 'an empty frame', times: 3 },
    'ann sends a frame that is not a JSON object, 3 times: an empty frame',
    'the connection of ann: 3 an empty frame',
  ],
  [
    { do: 'ignored', ...ANN, frame: 'no type' },
    'ann sends a frame that the server must ignore: no type',
    'the connection of ann: no type',
  ],
  [{ do: 'leave', ...ANN }, 'ann sends LEAVE', 'the connection of ann: leave'],
  [{ do: 'close', ...ANN }, 'ann closes its socket', 'the connection of ann: close'],
  [{ do: 'cut', ...ANN }, 'ann loses its connection', 'the connection of ann: cut'],
  [{ do: 'wait', ms: 20 }, '20 ms pass', 'wait 20'],
];

describe('a step', () => {
  it.each(STEPS)('%j', (step, description, done) => {
    const action = actionFor(step, new RecordingDriver([0, 'ann'], [0, 'bob'], [1, 'ann']));
    expect([action?.description, action?.run()]).toEqual([description, done]);
  });

  it('is executed by the next peer if the id is absent', () => {
    const beat = (who: string) =>
      actionFor({ do: 'heartbeat', realm: 0, who }, new RecordingDriver([1, 'ann'], [0, 'eve'], [0, 'bob']))?.step;
    expect(beat('ann')).toEqual({ do: 'heartbeat', realm: 0, who: 'bob' });
    expect(beat('čtyři')).toEqual({ do: 'heartbeat', realm: 0, who: 'eve' });
    expect(beat('fay')).toEqual({ do: 'heartbeat', realm: 1, who: 'ann' });
    expect(beat('a stranger')).toEqual({ do: 'heartbeat', realm: 0, who: 'bob' });
  });

  it('is undefined without a present peer', () => {
    expect(actionFor({ do: 'heartbeat', ...ANN }, new RecordingDriver())).toBeUndefined();
    expect(actionFor({ do: 'from-all', realm: 1, to: 'bob' }, new RecordingDriver([0, 'ann']))).toBeUndefined();
  });
});
