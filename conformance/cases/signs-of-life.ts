import { cases } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { sleep } from '../waiting.ts';

/** L1, L3, L5: signs of life. */
export const SIGN_OF_LIFE_CASES = cases([
  {
    id: 'L1.written-to',
    title: 'Bob sends nothing, while Ann sends him messages for much longer than the liveness timeout',
    severity: 'required',
    expected: 'his socket is closed: being written to is no sign of life, and messages to a broken page are lost',
    setup: 'short liveness timeout',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const sending = setInterval(() => ann.isOpen && ann.sendMessage('CANDIDATE', bob.id), fixture.setting('alive_timeout') / 8);
      const beating = setInterval(() => ann.isOpen && ann.send({ type: 'HEARTBEAT' }), fixture.setting('alive_timeout') / 8);
      try {
        await bob.waitForClose();
      } finally {
        clearInterval(sending);
        clearInterval(beating);
      }
    },
  },
  {
    id: 'L1.reconnected',
    title: 'Ann connects, opens a second socket after 70 % of the liveness timeout, and sends nothing for as long again',
    severity: 'required',
    expected: 'the second socket is still open: a reconnect is a sign of life',
    setup: 'short liveness timeout',
    reference: { behaviour: 'does not count a reconnect', evidence: /second socket was closed/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const pause = Math.round(0.7 * fixture.setting('alive_timeout'));
      await sleep(pause);
      const again = await fixture.reconnectAndSettle(ann);
      await sleep(pause);
      assertThat(again.isOpen, `the second socket was closed within ${pause} ms`);
    },
  },
  {
    id: 'L5.no-messages',
    title: 'Ann sends nothing until her socket is closed',
    severity: 'recommended',
    expected: 'she receives no message: the server pings with WebSocket pings, which a page does not see',
    setup: 'short liveness timeout',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.waitForClose();
      assertEqual('the frames received by Ann', ann.unread, []);
    },
  },
  {
    id: 'L3.pong-data',
    title: 'Ann sends a WebSocket ping with data',
    severity: 'required',
    expected: 'the pong repeats the data (RFC 6455): WebSocket libraries close a connection without it',
    async run(fixture) {
      const data = 'signs of life 42';
      assertEqual('the data of the pong', await (await fixture.connect('ann')).ping(data), data);
    },
  },
]);
