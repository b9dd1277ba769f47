import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { messageText, NatsClient } from '../nats-client.ts';
import { uniqueName } from '../fixture.ts';

const MANY = 100;
const LARGE = 10_000;
const SETUP = { setup: 'nats' } as const;
const HEADERS = 'NATS/1.0\r\nA: 1\r\n\r\n';

/** Payloads that look like parts of the protocol. */
const PAYLOADS = { empty: '', lines: 'a\r\n\r\nb', message: 'MSG a 1 1\r\nx\r\n', ping: 'PING\r\n' } as const;

/** NA9 to NA15: subscriptions and messages. */
export const NATS_CASES = cases([
  ...['a..b', '.a', 'a.', 'a.>.b'].map((subject, at): CaseDraft => ({
    ...{ id: `NA9.invalid-subject-${at + 1}`, severity: 'recommended', ...SETUP },
    title: `Ann subscribes to ${subject}`,
    expected: "-ERR 'Invalid Subject', and the connection stays open",
    async run(scene) {
      const ann = await NatsClient.connect(scene, 'ann');
      ann.send(`SUB ${subject} 1`);
      assertEqual('parts', await ann.partsBeforePong(), ["-ERR 'Invalid Subject'\r\n"]);
    },
  })),
  {
    ...{ id: 'NA10.exact', severity: 'required', ...SETUP },
    title: 'Ann subscribes to a subject; Bob publishes to it and to similar subjects',
    expected: 'Ann receives the message to her subject only',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      for (const other of [`${subject}.a`, `a.${subject}`, subject.toUpperCase(), `${subject}x`]) bob.publish(other, '1');
      bob.publish(subject, '2');
      assertEqual('parts', await ann.partsAfter(bob), [messageText(subject, 's0', '2')]);
    },
  },
  {
    ...{ id: 'NA10.any-token', severity: 'required', ...SETUP },
    title: 'Ann subscribes with * in the place of one token',
    expected: 'she receives messages to subjects with one other token in this place',
    async run(scene) {
      const room = uniqueName('room');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', `${room}.*.c`), await NatsClient.connect(scene, 'bob')];
      for (const rest of ['b.c', 'c', 'b.b.c', 'b.c.d', 'd.c']) bob.publish(`${room}.${rest}`, rest);
      const expected = ['b.c', 'd.c'].map((rest) => messageText(`${room}.${rest}`, 's0', rest));
      assertEqual('parts', await ann.partsAfter(bob), expected);
    },
  },
  {
    ...{ id: 'NA10.any-rest', severity: 'required', ...SETUP },
    title: 'Ann subscribes with > as the last token',
    expected: 'she receives messages to subjects with one or more tokens in its place',
    async run(scene) {
      const room = uniqueName('room');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', `${room}.>`), await NatsClient.connect(scene, 'bob')];
      for (const subject of [room, `${room}x.a`, `${room}.a`, `${room}.a.b`]) bob.publish(subject, '');
      const expected = ['a', 'a.b'].map((rest) => messageText(`${room}.${rest}`, 's0', ''));
      assertEqual('parts', await ann.partsAfter(bob), expected);
    },
  },
  {
    ...{ id: 'NA10.part-of-token', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes to a token with a * inside',
    expected: 'it means itself',
    async run(scene) {
      const room = uniqueName('room');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', `${room}*`), await NatsClient.connect(scene, 'bob')];
      bob.publish(`${room}a`, '1').publish(`${room}*`, '2');
      assertEqual('parts', await ann.partsAfter(bob), [messageText(`${room}*`, 's0', '2')]);
    },
  },
  {
    ...{ id: 'NA11.unsubscribe', severity: 'required', ...SETUP },
    title: 'Ann subscribes twice to a subject, and ends one subscription',
    expected: 'she receives messages of the other subscription only',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject, subject), await NatsClient.connect(scene, 'bob')];
      ann.send('UNSUB s0', 'UNSUB unknown');
      await ann.expectNothing();
      bob.publish(subject, 'x');
      assertEqual('parts', await ann.partsAfter(bob), [messageText(subject, 's1', 'x')]);
    },
  },
  {
    ...{ id: 'NA11.maximum', severity: 'required', ...SETUP },
    title: 'Ann receives a message, and unsubscribes after 3; Bob publishes 4 more',
    expected: 'she receives 3 in total, counted from the subscription on',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      bob.publish(subject, '0');
      const first = await ann.partsAfter(bob);
      ann.send('UNSUB s0 3');
      await ann.expectNothing();
      for (const text of ['1', '2', '3', '4']) bob.publish(subject, text);
      const expected = ['0', '1', '2'].map((text) => messageText(subject, 's0', text));
      assertEqual('parts', [...first, ...(await ann.partsAfter(bob))], expected);
    },
  },
  {
    ...{ id: 'NA11.sid-in-use', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes twice with the same sid',
    expected: 'the first subscription holds',
    async run(scene) {
      const [garden, house] = [uniqueName('garden'), uniqueName('house')];
      const ann = await NatsClient.connect(scene, 'ann');
      ann.send(`SUB ${garden} 1`, `SUB ${house} 1`).publish(house, '1').publish(garden, '2');
      assertEqual('parts', await ann.partsBeforePong(), [messageText(garden, '1', '2')]);
    },
  },
  ...Object.entries(PAYLOADS).map(([name, payload]): CaseDraft => ({
    ...{ id: `NA12.payload-${name}`, severity: 'required', ...SETUP },
    title: `Bob publishes ${JSON.stringify(payload)}`,
    expected: 'Ann receives the same bytes',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      bob.publish(subject, payload);
      assertEqual('parts', await ann.partsAfter(bob), [messageText(subject, 's0', payload)]);
    },
  })),
  {
    ...{ id: 'NA12.reply', severity: 'required', ...SETUP },
    title: 'Bob publishes with a reply subject',
    expected: 'Ann receives it',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      bob.publish(subject, 'x', 'reply.to');
      assertEqual('parts', await ann.partsAfter(bob), [messageText(subject, 's0', 'x', 'reply.to')]);
    },
  },
  {
    ...{ id: 'NA12.headers', severity: 'required', ...SETUP },
    title: 'Bob publishes headers and a payload with HPUB; Ann connected with headers, Eve without',
    expected: 'Ann receives HMSG, and Eve MSG with the payload alone',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      const eve = await NatsClient.connectWith(scene, 'eve', { headers: false, no_responders: false });
      eve.send(`SUB ${subject} 1`);
      await eve.expectNothing();
      const sizes = `${HEADERS.length} ${HEADERS.length + 2}`;
      bob.send(`HPUB ${subject} ${sizes}`, `${HEADERS}hi`);
      assertEqual('parts of Ann', await ann.partsAfter(bob), [`HMSG ${subject} s0 ${sizes}\r\n${HEADERS}hi\r\n`]);
      assertEqual('parts of Eve', await eve.partsBeforePong(), [messageText(subject, '1', 'hi')]);
    },
  },
  {
    ...{ id: 'NA12.order', severity: 'required', ...SETUP },
    title: `Bob publishes ${MANY} numbers`,
    expected: 'Ann receives all of them, each once and in order',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      const numbers = Array.from({ length: MANY }, (_, n) => String(n));
      for (const text of numbers) bob.publish(subject, text);
      assertEqual(
        'parts',
        await ann.partsAfter(bob),
        numbers.map((text) => messageText(subject, 's0', text)),
      );
    },
  },
  {
    ...{ id: 'NA12.large', severity: 'required', ...SETUP },
    title: `Bob publishes ${LARGE} bytes`,
    expected: 'Ann receives all of them',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', subject), await NatsClient.connect(scene, 'bob')];
      const payload = 'abcdefghi\n'.repeat(LARGE / 10);
      bob.publish(subject, payload);
      const [part] = await ann.partsAfter(bob);
      assertThat(part === messageText(subject, 's0', payload), `the payload was expected, got ${part?.length} bytes`);
    },
  },
  {
    ...{ id: 'NA13.each-sid', severity: 'required', ...SETUP },
    title: 'Ann has three subscriptions that match one message',
    expected: 'she receives one message for each of them',
    async run(scene) {
      const room = uniqueName('room');
      const subjects = [`${room}.a`, `${room}.a`, `${room}.*`];
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', ...subjects), await NatsClient.connect(scene, 'bob')];
      bob.publish(`${room}.a`, 'x');
      const expected = ['s0', 's1', 's2'].map((sid) => messageText(`${room}.a`, sid, 'x'));
      assertEqual('parts', [...(await ann.partsAfter(bob))].sort(), expected);
    },
  },
  {
    ...{ id: 'NA13.own', severity: 'required', ...SETUP },
    title: 'Ann publishes to her own subject, with echo and without',
    expected: 'she receives the message with echo only',
    async run(scene) {
      const subject = uniqueName('subject');
      const ann = await NatsClient.connect(scene, 'ann', subject);
      const eve = (await NatsClient.connectWith(scene, 'eve', { echo: false })).send(`SUB ${subject}2 1`);
      ann.publish(subject, 'x');
      eve.publish(`${subject}2`, 'x');
      assertEqual('parts of Ann', await ann.partsBeforePong(), [messageText(subject, 's0', 'x')]);
      await eve.expectNothing();
    },
  },
  {
    ...{ id: 'NA14.one-of-queue', severity: 'required', ...SETUP },
    title: 'Ann and Eve subscribe with the same queue; Bob publishes 10 messages',
    expected: 'each message reaches one of the two',
    async run(scene) {
      const subject = uniqueName('subject');
      const [ann, eve] = [await NatsClient.connect(scene, 'ann'), await NatsClient.connect(scene, 'eve')];
      for (const one of [ann, eve]) await one.send(`SUB ${subject} workers 1`).expectNothing();
      const bob = await NatsClient.connect(scene, 'bob');
      const numbers = Array.from({ length: 10 }, (_, n) => String(n));
      for (const text of numbers) bob.publish(subject, text);
      const parts = [...(await ann.partsAfter(bob)), ...(await eve.partsBeforePong())];
      assertEqual(
        'parts of both',
        parts.sort(),
        numbers.map((text) => messageText(subject, '1', text)),
      );
    },
  },
  {
    ...{ id: 'NA15.request', severity: 'required', ...SETUP },
    title: 'Ann sends a request to Bob, who answers to the reply subject',
    expected: 'Ann receives the answer',
    async run(scene) {
      const [inbox, service] = [uniqueName('inbox'), uniqueName('service')];
      const [ann, bob] = [await NatsClient.connect(scene, 'ann', `${inbox}.*`), await NatsClient.connect(scene, 'bob', service)];
      ann.publish(service, 'ping', `${inbox}.1`);
      assertEqual('parts of Bob', await bob.partsAfter(ann), [messageText(service, 's0', 'ping', `${inbox}.1`)]);
      bob.publish(`${inbox}.1`, 'pong');
      assertEqual('parts of Ann', await ann.partsAfter(bob), [messageText(`${inbox}.1`, 's0', 'pong')]);
    },
  },
  {
    ...{ id: 'NA15.no-responders', severity: 'recommended', ...SETUP },
    title: 'Ann sends a request to a subject without subscribers',
    expected: 'an answer with the status 503, at once',
    async run(scene) {
      const inbox = uniqueName('inbox');
      const ann = await NatsClient.connect(scene, 'ann', `${inbox}.*`);
      ann.publish(uniqueName('service'), 'ping', `${inbox}.1`);
      assertEqual('parts', await ann.partsBeforePong(), [`HMSG ${inbox}.1 s0 16 16\r\nNATS/1.0 503\r\n\r\n\r\n`]);
    },
  },
]);
