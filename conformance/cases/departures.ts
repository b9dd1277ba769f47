import { cases, type CaseDraft } from '../case.ts';
import type { PeerClient } from '../client/peer-client.ts';
import type { Fixture } from '../fixture.ts';

/** How Ann leaves or changes her socket, by rule: `LEAVE` and `EXPIRE` to Bob would end his calls. */
const DEPARTURES: Readonly<Record<string, Departure>> = {
  'L2.others-not-told-lost': {
    title: 'Ann, who has exchanged messages with Bob, loses her connection',
    expected: 'Bob receives nothing: his call may continue without the server',
    leave: async (fixture, ann) => {
      ann.terminate();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  'L1.others-not-told': {
    title: 'Ann, who has exchanged messages with Bob, sends nothing until the server closes her socket',
    expected: 'Bob receives nothing: his call may continue without the server',
    setup: 'short liveness timeout',
    leave: async (fixture, ann) => {
      await ann.waitForClose();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  'M7.others-not-told': {
    title: 'Ann, who has exchanged messages with Bob, sends LEAVE without a dst',
    expected: 'Bob receives nothing: LEAVE without a dst concerns the server only',
    leave: async (fixture, ann) => {
      ann.send({ type: 'LEAVE' });
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  'O5.others-not-told': {
    title: 'Ann, who has exchanged messages with Bob, opens a second socket with her token',
    expected: 'Bob receives nothing: to him, Ann has not left',
    leave: async (fixture, ann) => {
      await fixture.reconnectAndSettle(ann);
      await ann.waitUntilReadOrClosed();
    },
  },
};

interface Departure extends Pick<CaseDraft, 'title' | 'expected' | 'setup'> {
  readonly leave: (fixture: Fixture, ann: PeerClient) => Promise<void>;
}

/** O5, M7, L1, L2: other peers are not notified of departures. */
export const DEPARTURE_CASES = cases(
  Object.entries(DEPARTURES).map(([id, { title, expected, setup, leave }]): CaseDraft => ({
    ...{ id, title, expected, severity: 'required' },
    ...(setup === undefined ? {} : { setup }),
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const { alive_timeout = Infinity } = fixture.server.settings;
      const beating = setInterval(() => bob.isOpen && bob.send({ type: 'HEARTBEAT' }), Math.min(alive_timeout / 8, 5_000));
      try {
        ann.sendOffer(bob.id, 'hello');
        await bob.receive();
        bob.sendOffer(ann.id, 'hello');
        await ann.receive();
        await leave(fixture, ann);
        await fixture.expectNothing(bob);
      } finally {
        clearInterval(beating);
      }
    },
  })),
);
