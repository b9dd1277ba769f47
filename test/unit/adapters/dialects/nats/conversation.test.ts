import { describe, expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../../../src/adapters/telemetry/memory.ts';
import { NatsBroker } from '../../../../support/nats-broker.ts';
import { hmacToken, SECRET } from '../../../../support/tokens.ts';

const KEYS = { mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET };
const token = (topic = '*'): string => hmacToken({ mercure: { publish: [topic], subscribe: [topic] } });

describe('the start of a NATS connection', () => {
  it('NA2: the broker sends INFO first, in a binary frame', () => {
    const client = new NatsBroker({ maxMessageBytes: 1_000_000 }).open();
    expect(client.info).toEqual({
      ...{ server_id: 'SIGNALBOX', server_name: 'signalbox', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
      ...{ proto: 1, headers: true, max_payload: 1_000_000 - 40 * 1024 },
    });
    expect(new NatsBroker(KEYS).open().info['auth_required']).toBe(true);
  });

  it('NA3: PONG follows CONNECT and PING, in one frame or in two', () => {
    const broker = new NatsBroker();
    expect(broker.open().connect().send('PING').received).toBe('PONG\r\n');
    expect(broker.open().send('CONNECT {"verbose":false}', 'PING').received).toBe('PONG\r\n');
  });

  it('NA3: verbs before CONNECT are served and confirmed where no token is needed', () => {
    const client = new NatsBroker().open().send('SUB a 1', 'PUB a 1', 'x', 'PING');
    expect(client.received).toBe('+OK\r\n+OK\r\nMSG a 1 1\r\nx\r\nPONG\r\n');
    expect(client.send('CONNECT {"verbose":false}', 'PUB a 1', 'y').received).toMatch(/PONG\r\nMSG a 1 1\r\ny\r\n$/);
    const guarded = new NatsBroker(KEYS).open().send('SUB a 1');
    expect([guarded.received, guarded.closeCode]).toEqual(["-ERR 'Authorization Violation'\r\n", 1008]);
  });

  it('NA3: a later CONNECT changes the options', () => {
    const client = new NatsBroker().join('a').send('CONNECT {"verbose":true,"echo":false}').publish('a', 'x');
    expect(client.received).toBe('+OK\r\n+OK\r\n');
  });

  it('NA4: in verbose mode, each verb but PING is confirmed once, and a publication before it arrives', () => {
    const client = new NatsBroker().open().connect({ verbose: true });
    client.send('SUB a 1', 'SUB a 1', 'PUB a 1', 'x', 'PUB b 0', '', 'UNSUB 1 9', 'UNSUB 1', 'UNSUB 1', 'PING');
    expect(client.received).toBe(`${'+OK\r\n'.repeat(4)}MSG a 1 1\r\nx\r\n${'+OK\r\n'.repeat(4)}PONG\r\n`);
  });

  it('NA4: in pedantic mode, an invalid subject of a publication is reported', () => {
    const client = new NatsBroker().open().connect({ pedantic: true }).publish('a..b', '').publish('a.*', '').publish('a', '');
    expect(client.received).toBe("-ERR 'Invalid Publish Subject'\r\n".repeat(2));
  });

  it.each([
    ['{"no_responders":true}', "-ERR 'no responders requires headers support'\r\n", 1011],
    ['{"protocol":2}', "-ERR 'invalid client protocol'\r\n", 1002],
    ['{"protocol":0.5}', '', 1002],
    ['{"verbose":1}', '', 1002],
    ['{"user":1}', '', 1002],
    ['{', '', 1002],
    ['7', '', 1002],
    ['[]', '', 1002],
    ['', '', 1002],
    ['{"nkey":"U","sig":"x"}', "-ERR 'Authorization Violation'\r\n", 1008],
    ['{"jwt":"a.b.c"}', "-ERR 'Authorization Violation'\r\n", 1008],
  ])('NA4, NA5, NA8: CONNECT %s is refused', (json, received, code) => {
    const client = new NatsBroker().open().send(`CONNECT ${json}`, 'SUB a 1', 'PING');
    expect([client.received, client.closeCode]).toEqual([received, code]);
  });

  it.each(['{}', 'null', '{"VERBOSE":true}', '{"echo":null,"lang":"go","other":[]}'])('NA3: CONNECT %s is accepted', (json) => {
    expect(new NatsBroker().open().send(`CONNECT ${json}`, 'PING').received).toBe('+OK\r\nPONG\r\n');
  });

  it('W3: a client that does not connect in time is closed', () => {
    const broker = new NatsBroker();
    const client = broker.open().send('PING', 'PONG');
    broker.advance(10_000);
    expect([client.received, client.closeCode]).toEqual(["PONG\r\n-ERR 'Authentication Timeout'\r\n", 1008]);
  });
});

describe('the tokens of NATS clients', () => {
  it.each([
    ['no token', {}, false],
    ['an invalid token', { auth_token: 'x' }, false],
    ['a token', { auth_token: token() }, true],
    ['a token as password', { user: 'ann', pass: token() }, true],
  ])('NA5: with %s', (_, options, isAccepted) => {
    const client = new NatsBroker(KEYS).open().connect(options).send('PING');
    expect([client.received, client.closeCode]).toEqual(
      isAccepted ? ['PONG\r\n', undefined] : ["-ERR 'Authorization Violation'\r\n", 1008],
    );
  });

  it('NA5: an expired token has an error of its own', () => {
    const expired = hmacToken({ exp: 1, mercure: { publish: ['*'], subscribe: ['*'] } });
    const client = new NatsBroker(KEYS).open().connect({ auth_token: expired });
    expect([client.received, client.closeCode]).toEqual(["-ERR 'User Authentication Expired'\r\n", 1008]);
  });

  it('NA9, MER7: a publication that the token does not cover is refused, and the connection stays open', () => {
    const client = new NatsBroker(KEYS).open().connect({ auth_token: token('garden') });
    client.publish('house', 'x').publish('garden', 'x').send('PING');
    expect(client.received).toBe('-ERR \'Permissions Violation for Publish to "house"\'\r\nPONG\r\n');
  });

  it('NA9, MER7: a subscription needs the token of a subscriber', () => {
    const publisher = hmacToken({ mercure: { publish: ['*'] } });
    const broker = new NatsBroker({ mercurePublisherKey: SECRET, mercureSubscriberKey: 'another secret of the subscribers' });
    const client = broker.open().connect({ auth_token: publisher }).send('SUB a.* 1').publish('a.b', 'x').send('PING');
    expect(client.received).toBe('-ERR \'Permissions Violation for Subscription to "a.*"\'\r\nPONG\r\n');
  });
});

describe('subscriptions of NATS', () => {
  it('NA11, NA12: a subscriber receives the messages of its subject until it unsubscribes', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.join('a', 'b'), broker.join()];
    bob.publish('a', 'one').publish('c', 'two').publish('b', '');
    ann.send('UNSUB s0');
    bob.publish('a', 'three').publish('b', 'four');
    expect(ann.received).toBe('MSG a s0 3\r\none\r\nMSG b s1 0\r\n\r\nMSG b s1 4\r\nfour\r\n');
  });

  it('NA10: wildcards stand for one token, or for all that follow', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.join('a.*', 'a.>', '*'), broker.join()];
    for (const subject of ['a', 'a.b', 'a.b.c', 'b.c']) bob.publish(subject, '');
    const lines = ann.received
      .split('\r\n')
      .filter((line) => line !== '')
      .sort();
    expect(lines).toEqual(['MSG a s2 0', 'MSG a.b s0 0', 'MSG a.b s1 0', 'MSG a.b.c s1 0']);
  });

  it('NA13: one message for each sid that matches, in one frame', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect().send('SUB a 1', 'SUB a 2', 'SUB > 3', 'SUB b 4');
    broker.join().publish('a', 'x');
    expect(ann.received).toBe('MSG a 1 1\r\nx\r\nMSG a 2 1\r\nx\r\nMSG a 3 1\r\nx\r\n');
    expect(ann.client.received.length).toBe(2);
  });

  it('NA13: a client with more copies of one message than fit is closed as a slow consumer, and the others are not', () => {
    const telemetry = new MemoryTelemetry();
    const broker = new NatsBroker({ maxMessageBytes: 100_000 }, { telemetry });
    const many = Array.from({ length: 50 }, () => 'a');
    const [ann, bob, eve] = [broker.join(...many), broker.join(), broker.join('a')];
    bob.publish('a', 'x');
    expect(ann.received.match(/MSG a s\d+ 1\r\n/g)?.length).toBe(50);
    bob.publish('a', 'x'.repeat(59_000)).publish('a', 'y');
    broker.clock.advance(0);
    expect(ann.received.match(/MSG a s\d+ 59000\r\n/g)?.length).toBe(4);
    expect(ann.received.replace(/^.*x\r\n/s, '')).toBe("-ERR 'Slow Consumer'\r\n");
    expect(ann.closeCode).toBe(1008);
    expect(telemetry.samples('memory_exceeded_total')).toEqual([{ labels: {}, value: 1 }]);
    expect(eve.received.match(/MSG a s0 \d+\r\n/g)).toEqual(['MSG a s0 1\r\n', 'MSG a s0 59000\r\n', 'MSG a s0 1\r\n']);
  });

  it('NA13: without echo, a client does not receive its own publications', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.open().connect({ echo: false }).send('SUB a 1'), broker.join('a')];
    ann.publish('a', 'x');
    bob.publish('a', 'y');
    expect([ann.received, bob.received]).toEqual(['MSG a 1 1\r\ny\r\n', 'MSG a s0 1\r\nx\r\nMSG a s0 1\r\ny\r\n']);
  });

  it('NA11: a sid in use is not subscribed again, and is free after its end', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect().send('SUB a 1', 'SUB b 1').publish('a', '').publish('b', '');
    expect(ann.received).toBe('MSG a 1 0\r\n\r\n');
    ann.send('UNSUB 1', 'SUB b 1').publish('a', '').publish('b', '');
    expect(ann.received).toBe('MSG a 1 0\r\n\r\nMSG b 1 0\r\n\r\n');
  });

  it('NA11: two sids share a subject, and one of them may end', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect().send('SUB a.* 1', 'SUB a.* 2', 'UNSUB 1').publish('a.b', '');
    expect(ann.received).toBe('MSG a.b 2 0\r\n\r\n');
    ann.send('UNSUB 2').publish('a.b', '');
    expect(ann.received).toBe('MSG a.b 2 0\r\n\r\n');
  });

  it('NA11: a frame is handled in order: a message before its UNSUB arrives', () => {
    const ann = new NatsBroker().open().connect();
    ann.send('SUB a 1', 'PUB a 1', 'x', 'UNSUB 1', 'PUB a 1', 'y', 'SUB a 2', 'PUB a 1', 'z', 'PING');
    expect(ann.received).toBe('MSG a 1 1\r\nx\r\nMSG a 2 1\r\nz\r\nPONG\r\n');
  });

  it('NA11: UNSUB with a maximum ends after so many messages, counted from SUB', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect().send('SUB a 1', 'SUB a 2', 'SUB a 3');
    ann.publish('a', '0').send('UNSUB 1 2', 'UNSUB 2 1', 'UNSUB 3 x');
    for (const text of ['1', '2']) ann.publish('a', text);
    expect(ann.received.replaceAll('\r\n', ' ')).toBe('MSG a 1 1 0 MSG a 2 1 0 MSG a 3 1 0 MSG a 1 1 1 ');
    ann.send('PING');
    expect(broker.counts()).not.toHaveProperty('ignored');
    expect(ann.send('SUB a 1').publish('a', '3').received).toMatch(/PONG\r\nMSG a 1 1\r\n3\r\n$/);
  });

  it('NA11: the broker has no subscription left after the maximum', () => {
    const broker = new NatsBroker({ topicsPerConnection: 1 });
    const ann = broker.open().connect().send('SUB a 1', 'UNSUB 1 1').publish('a', '');
    expect(ann.send('SUB b 2').publish('b', '').received).toBe('MSG a 1 0\r\n\r\nMSG b 2 0\r\n\r\n');
  });

  it.each([
    ['SUB a..b 1', 'Invalid Subject'],
    ['SUB .a 1', 'Invalid Subject'],
    ['SUB a. 1', 'Invalid Subject'],
    ['SUB a.>.b 1', 'Invalid Subject'],
    ['SUB $SYS.> 1', 'Permissions Violation for Subscription to "$SYS.>"'],
  ])('NA9: %s is refused, and the connection stays open', (line, error) => {
    const client = new NatsBroker().open().connect({ verbose: true }).send(line, 'PING');
    expect(client.received).toBe(`+OK\r\n-ERR '${error}'\r\nPONG\r\n`);
  });

  it('NA9, T5: too many subscriptions are refused, also to the same subject', () => {
    const broker = new NatsBroker({ topicsPerConnection: 2, topicJoins: 3 });
    const ann = broker.join('a', 'a', 'a');
    expect(ann.received).toBe("-ERR 'maximum subscriptions exceeded'\r\n");
    expect(broker.join('b', 'c').received).toBe('');
    expect(broker.join('d').send('PING').received).toBe("-ERR 'maximum subscriptions exceeded'\r\nPONG\r\n");
  });

  it('NA9, T1: a subject that is too long is refused', () => {
    const broker = new NatsBroker({ topicLength: 5 });
    const client = broker.join('abcdef', 'a.*.cd').publish('abcdef', 'x').send('PING');
    const refused = "-ERR 'Invalid Subject'\r\n";
    expect(client.received).toBe(`${refused}${refused}-ERR 'Invalid Publish Subject'\r\nPONG\r\n`);
  });
});

describe('queue groups of NATS', () => {
  const count = ({ received }: { readonly received: string }): number => received.split('MSG').length - 1;

  it('NA14: the members of a group receive messages in turn, and other subscribers all of them', () => {
    const broker = new NatsBroker();
    const members = [1, 2, 3].map(() => broker.open().connect().send('SUB work q 1'));
    const [other, another] = [broker.join('work'), broker.open().connect().send('SUB work other 1')];
    for (let n = 0; n < 9; n++) other.publish('work', String(n));
    expect([...members.map(count), count(other), count(another)]).toEqual([3, 3, 3, 9, 9]);
  });

  it('NA14: the members of a group may have different subjects, with wildcards', () => {
    const broker = new NatsBroker();
    const members = ['a.b', 'a.*', 'a.>', 'b.>'].map((subject) => broker.open().connect().send(`SUB ${subject} q 1`));
    const ann = broker.join();
    for (let n = 0; n < 12; n++) ann.publish('a.b', '');
    const counts = members.map(count);
    expect([counts.slice(0, 3).reduce((sum, one) => sum + one), counts[3], Math.min(...counts.slice(0, 3)) > 0]).toEqual([
      12,
      0,
      true,
    ]);
  });

  it('NA14: one connection receives one message for a group, and one for each other sid', () => {
    const ann = new NatsBroker().open().connect().send('SUB a q 1', 'SUB a q 2', 'SUB a 3', 'SUB a other 4').publish('a', '');
    const lines = ann.received.split('\r\n').filter((line) => line !== '');
    expect(lines.sort()).toEqual([expect.stringMatching(/^MSG a [12] 0$/), 'MSG a 3 0', 'MSG a 4 0']);
  });

  it('NA14, NA15: a member that has gone receives nothing, and an empty group answers no request', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.open().connect().send('SUB a q 1'), broker.open().connect().send('SUB a q 1')];
    const eve = broker.join('r');
    ann.send('UNSUB 1');
    for (let n = 0; n < 4; n++) eve.publish('a', '', 'r');
    expect([count(ann), count(bob), eve.received]).toEqual([0, 4, '']);
    bob.client.close();
    eve.publish('a', '', 'r');
    expect(eve.received).toContain('503');
  });

  it('NA13, NA14: without echo, another member receives the own publication', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect({ echo: false }).send('SUB a q 1');
    const bob = broker.open().connect().send('SUB a.* q 1', 'SUB a q 2');
    for (let n = 0; n < 4; n++) ann.publish('a', '');
    expect([count(ann), count(bob)]).toEqual([0, 4]);
  });

  it('T10, NA14: a message that waits counts only for the member that receives it', () => {
    const broker = new NatsBroker({ messageBurst: 100_000 });
    for (let n = 0; n < 300; n++) broker.join('x');
    const [ann, bob] = [1, 2].map(() => broker.open().connect().send('SUB a.* q 1', 'UNSUB 1 1'));
    broker.join().send('PUB x 0', '', 'PUB a.b 1', '1', 'PUB a.b 1', '2');
    for (let turn = 0; turn < 10; turn++) broker.advance(1);
    expect([ann, bob].map((one) => one?.received).sort()).toEqual(['MSG a.b 1 1\r\n1\r\n', 'MSG a.b 1 1\r\n2\r\n']);
  });

  it('NA9, NA14: a refused member is named with its queue', () => {
    const broker = new NatsBroker({ mercurePublisherKey: SECRET, mercureSubscriberKey: 'another secret of the subscribers' });
    const publisher = hmacToken({ mercure: { publish: ['*'] } });
    const client = broker.open().connect({ auth_token: publisher }).send('SUB a g 1', 'PING');
    expect(client.received).toBe('-ERR \'Permissions Violation for Subscription to "a" using queue "g"\'\r\nPONG\r\n');
  });
});

describe('messages of NATS', () => {
  it('NA12, T13: reply subjects and headers reach clients of NATS, and a client without headers gets the payload', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.join('a'), broker.open().connect({ headers: false, no_responders: false }).send('SUB a 1')];
    const headers = 'NATS/1.0\r\nA: 1\r\n\r\n';
    broker.join().publish('a', 'x', 'r.1').send('HPUB a r.2 18 20', `${headers}hi`);
    expect(ann.received).toBe(`MSG a s0 r.1 1\r\nx\r\nHMSG a s0 r.2 18 20\r\n${headers}hi\r\n`);
    expect(bob.received).toBe('MSG a 1 r.1 1\r\nx\r\nMSG a 1 r.2 2\r\nhi\r\n');
  });

  it('NA12: HPUB without headers in CONNECT ends the connection', () => {
    const client = new NatsBroker().open().connect({ headers: false, no_responders: false });
    client.send('HPUB a 12 12', 'NATS/1.0\r\n\r\n', 'PING');
    expect([client.received, client.closeCode]).toEqual(['', 1002]);
  });

  it('NA15: a request without a responder is answered at once, if the client asks for it', () => {
    const broker = new NatsBroker();
    const ann = broker.open().connect().send('SUB _INBOX.a.* 2', 'PUB svc _INBOX.a.b 4', 'ping', 'PING');
    expect(ann.received).toBe('HMSG _INBOX.a.b 2 16 16\r\nNATS/1.0 503\r\n\r\n\r\nPONG\r\n');
    const bob = broker.open().connect({ no_responders: false }).send('SUB r 2').publish('svc', 'ping', 'r').send('PING');
    expect(bob.received).toBe('PONG\r\n');
    const eve = broker.join().publish('svc', 'ping', 'nowhere').send('PING');
    expect(eve.received).toBe('PONG\r\n');
  });

  it('NA15: a request reaches its responder, and the reply the client', () => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.join('_INBOX.a.*'), broker.join('svc')];
    ann.publish('svc', 'ping', '_INBOX.a.b');
    bob.publish('_INBOX.a.b', 'pong');
    expect([ann.received, bob.received]).toEqual(['MSG _INBOX.a.b s0 4\r\npong\r\n', 'MSG svc s0 _INBOX.a.b 4\r\nping\r\n']);
  });

  it('NA15: without echo, the own subscription is no responder', () => {
    const ann = new NatsBroker().open().connect({ echo: false }).send('SUB svc 1', 'SUB r 2').publish('svc', '', 'r');
    expect(ann.received).toBe('HMSG r 2 16 16\r\nNATS/1.0 503\r\n\r\n\r\n');
  });

  it('NA10: wildcards in a publication mean themselves, and other subjects that no client can receive are published', () => {
    const broker = new NatsBroker();
    const ann = broker.join('>');
    broker.join().publish('a.*', '1').publish('a..b', '2').publish('>', '3').publish('a.', '4').publish('ü', '5');
    expect(ann.received).toBe('MSG a.* s0 1\r\n1\r\nMSG > s0 1\r\n3\r\nMSG ü s0 1\r\n5\r\n');
  });

  it('NA9: nothing is published to $SYS, and no subject that is no UTF-8', () => {
    const client = new NatsBroker().join().publish('$SYS.a', '');
    client.client.send(Buffer.from('SUB \xff 1\r\nPUB \xff 0\r\n\r\n', 'latin1'));
    expect(client.received).toBe(
      "-ERR 'Permissions Violation for Publish to \"$SYS.a\"'\r\n-ERR 'Invalid Subject'\r\n-ERR 'Invalid Publish Subject'\r\n",
    );
  });

  it('NA16: clients with a prefix meet clients without one, and wildcards match the whole subject', () => {
    const broker = new NatsBroker({ natsPrefixes: ['peerix.', 'x'] });
    const [ann, bob, eve] = [broker.join('peerix.a', 'peerix.*'), broker.join('a'), broker.join('xa', 'x*')];
    ann.publish('peerix.a', '1');
    bob.publish('a', '2').publish('b', '3');
    const of = (text: string): string[] => text.split('\r\n').filter((line) => line.startsWith('MSG'));
    expect(of(ann.received)).toEqual([
      ...['MSG peerix.a s0 1', 'MSG peerix.a s1 1', 'MSG peerix.a s0 1', 'MSG peerix.a s1 1', 'MSG peerix.b s1 1'],
    ]);
    expect([of(bob.received).length, of(eve.received)]).toEqual([2, ['MSG xa s0 1', 'MSG xa s0 1']]);
  });
});

describe('the end of a NATS connection', () => {
  it.each([
    ['HELLO', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    ['', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    [' PING', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    ['MSG a 1 0\r\n', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    ['UNSUB', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    ['PUB a 2\r\nhiX', "-ERR 'Unknown Protocol Operation'\r\n", 1002],
    ['SUB a', '', 1002],
    ['SUB a b c d', '', 1002],
    ['PUB a', '', 1002],
    ['PUB a -1', '', 1002],
    ['PUB a 9999999999', '', 1002],
    ['PUB a b c 1', '', 1002],
    ['UNSUB 1 2 3', '', 1002],
    ['HPUB a 3 2', '', 1002],
    ['HPUB a 3', '', 1002],
    ['-ERR x', '', 1002],
    [`PUB ${'a'.repeat(4_096)} 0`, "-ERR 'maximum control line exceeded'\r\n", 1008],
    ['PUB a 1048576', "-ERR 'Maximum Payload Violation'\r\n", 1009],
  ])('NA8: after %s, nothing more is read', (text, received, code) => {
    const broker = new NatsBroker();
    const [ann, bob] = [broker.join('b'), broker.join('b')];
    ann.send(text, 'PUB b 0', '', 'PING');
    expect([ann.received, ann.closeCode]).toEqual([received, code]);
    expect(bob.publish('b', 'x').received).toBe('MSG b s0 1\r\nx\r\n');
  });

  it('NA8: a line that does not end is refused without being collected', () => {
    const client = new NatsBroker().join();
    client.sendText(`PUB ${'a'.repeat(4_000)}`).sendText('a'.repeat(100));
    expect([client.received, client.closeCode]).toEqual(["-ERR 'maximum control line exceeded'\r\n", 1008]);
  });

  it('NA8, M23: too many verbs in one frame are refused', () => {
    const client = new NatsBroker({ messageBurst: 100_000 }).join().sendText('PING\r\n'.repeat(2_001));
    expect(client.received.endsWith("PONG\r\n-ERR 'maximum verbs of a frame exceeded'\r\n")).toBe(true);
    expect(client.closeCode).toBe(1008);
  });

  it('NA6: the broker pings, and closes a client that does not answer', () => {
    const broker = new NatsBroker({ pingInterval: 1_000, aliveTimeout: 3_000 });
    const [ann, bob] = [broker.join(), broker.join()];
    for (let second = 0; second < 6; second++) {
      broker.advance(1_000);
      ann.send('PONG');
    }
    expect(ann.received).toMatch(/^(PING\r\n)+$/);
    expect(bob.received).toMatch(/^(PING\r\n)+-ERR 'Stale Connection'\r\n$/);
    expect([ann.closeCode, bob.closeCode]).toEqual([undefined, 1001]);
  });

  it('NA7: a restart is announced', async () => {
    const broker = new NatsBroker();
    const client = broker.join();
    await broker.close();
    expect(client.received).toMatch(/^INFO \{.*"ldm":true\}\r\n$/);
    expect(client.closeCode).toBe(1012);
  });
});
