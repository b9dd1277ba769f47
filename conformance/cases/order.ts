import { cases } from '../case.ts';
import { assertEqual } from '../assertions.ts';
import type { Frame, RawFrame } from '../client/peer-client.ts';
import { uniqueName } from '../fixture.ts';

/** M17, M21: in order, once, and nothing lost, also before a close. */
export const ORDER_CASES = cases([
  {
    id: 'M17.in-order',
    title: 'Ann sends Bob 300 messages of two types',
    severity: 'required',
    expected: 'Bob hears all in their order',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 300; n++) ann.send({ type: n % 3 === 0 ? 'OFFER' : 'CANDIDATE', dst: bob.id, payload: n });
      assertEqual('what Bob hears', payloads(await bob.receiveMany(300)), numbersUpTo(300));
    },
  },
  {
    id: 'M17.each-sender',
    title: 'Ann and Cem send Bob a hundred messages each, at the same time',
    severity: 'required',
    expected: 'Bob hears those of each in their order',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const cem = await scene.connect('cem');
      for (let n = 0; n < 100; n++) {
        ann.sendOffer(bob.id, n);
        cem.sendOffer(bob.id, n);
      }
      const heard = await bob.receiveMany(200);
      for (const { id, name } of [ann, cem]) {
        assertEqual(`what Bob hears of ${name}`, payloads(heard.filter((frame) => frame['src'] === id)), numbersUpTo(100));
      }
    },
  },
  {
    id: 'M17.mailbox',
    title: 'Ann writes to Bob before he comes, while he comes, and after',
    severity: 'required',
    expected: 'Bob hears all in one order',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      for (let n = 0; n < 30; n++) ann.sendOffer(id, n);
      await scene.expectNothing(ann);
      const opening = scene.openSocket('bob', { id });
      for (let n = 30; n < 60; n++) ann.sendOffer(id, n);
      const bob = await opening;
      for (let n = 60; n < 90; n++) ann.sendOffer(id, n);
      assertEqual('what Bob hears', payloads((await bob.receiveMany(91)).slice(1)), numbersUpTo(90));
    },
  },
  {
    id: 'M17.reconnect',
    title: 'Ann writes to Bob before he opens a second socket with his token, meanwhile, and after',
    severity: 'required',
    expected: 'his two sockets together hear all in one order, nothing lost, nothing twice',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 30; n++) ann.sendOffer(bob.id, n);
      const opening = scene.reconnect(bob);
      for (let n = 30; n < 60; n++) ann.sendOffer(bob.id, n);
      const again = await opening;
      for (let n = 60; n < 90; n++) ann.sendOffer(bob.id, n);
      ann.sendOffer(bob.id, 'the end');
      const late: unknown[] = [];
      while (late.at(-1) !== 'the end') late.push((await again.receive())['payload']);
      // What his first socket was told may come later than all that his second one was.
      const early: unknown[] = [];
      const heard = () => [...early, ...bob.unread.map(payloadOf), ...late].filter((payload) => payload !== undefined);
      while (heard().length <= 90) early.push((await bob.receive())['payload']);
      assertEqual('what Bob hears', heard(), [...numbersUpTo(90), 'the end']);
    },
  },
  {
    id: 'M17.large-and-small',
    title: 'Ann sends Bob a large message, a small one, and so on',
    severity: 'required',
    expected: 'Bob hears all in their order: the small ones do not overtake',
    async run(scene) {
      scene.requireMessageSize(51_000);
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 20; n++) ann.sendOffer(bob.id, { n, filling: 'x'.repeat(n % 2 === 0 ? 50_000 : 0) });
      const heard = payloads(await bob.receiveMany(20)) as { n: number }[];
      assertEqual(
        'the order',
        heard.map(({ n }) => n),
        numbersUpTo(20),
      );
    },
  },
  {
    id: 'M21.text-first',
    title: 'twenty sockets with an unknown key at once',
    severity: 'required',
    expected: 'each receives the ERROR before its socket is closed',
    async run(scene) {
      const sockets = await Promise.all(
        Array.from({ length: 20 }, (_, n) => scene.openSocket(`stranger-${n}`, { key: 'nobody' })),
      );
      for (const socket of sockets) assertEqual('the type of the frame', (await socket.receive())['type'], 'ERROR');
      await Promise.all(sockets.map((socket) => socket.waitForClose()));
    },
  },
]);

function payloads(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => frame['payload']);
}

function payloadOf({ text }: RawFrame): unknown {
  return (JSON.parse(text) as Frame)['payload'];
}

function numbersUpTo(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, n) => n);
}
