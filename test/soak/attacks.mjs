/*
 * One round of each attack. A round opens about twenty connections, takes one or two seconds, and closes all of them. `client()`
 * connects from the attack's own address.
 */
import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { frame } from './raw.mjs';
import { DEEP, KIB, leaveOpen, opened, times } from './steps.mjs';

const HUB = '/.well-known/mercure';

let count = 0;
const fresh = () => `soak-${++count}`;
const peer = (id, token = 'token') => `/peerjs?key=peerjs&id=${id}&token=${token}`;
const form = (fields) => fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');

/** @param body a form for the hub. */
function post(client, body) {
  const one = client();
  const head = [`POST ${HUB} HTTP/1.1`, 'Host: a', 'Content-Type: application/x-www-form-urlencoded'];
  return one.send([...head, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n')).then(() => one);
}

export const ATTACKS = {
  async 'deeply nested JSON'(client) {
    const places = [
      [peer(fresh()), `{"type":"OFFER","dst":"a","payload":${DEEP}}`],
      ['/peero', `{"type":"offer","signal":${DEEP}}`],
      ['/connection/websocket', `{"id":1,"connect":{}}\n{"id":2,"publish":{"channel":"a","data":${DEEP}}}`],
      ['/relay', `{"type":"publish","topic":"t","payload":${DEEP}}`],
    ];
    for (const [target, text] of places) {
      const one = await opened(client, target);
      await one.say(text);
      await leaveOpen([one], 100);
    }
  },

  async 'frames of many commands'(client) {
    for (const line of ['{}\n', '{"id":2,"rpc":{}}\n', '{"id":2,"subscribe":{"channel":"a"}}\n', '\n']) {
      const one = await opened(client, '/connection/websocket');
      await one.say(`{"id":1,"connect":{}}\n${line.repeat(Math.floor((1_000 * KIB) / line.length))}`);
      await leaveOpen([one], 100);
    }
  },

  async 'frames of escaped names'(client) {
    const one = await opened(client, peer(fresh()));
    const costly = frame(`{"type":"HEARTBEAT",${'"\\n":1,'.repeat(140_000)}"z":1}`);
    for (let i = 0; i < 10; i++) await one.send(costly);
    one.cut();
  },

  async 'pings without a reader'(client) {
    const one = await opened(client, peer(fresh()));
    one.stopReading();
    const pings = Buffer.concat(times(500, () => frame('p'.repeat(125), { opcode: 9 })));
    for (let i = 0; i < 200 && !one.isClosed; i++) await one.send(pings, 200);
    one.cut();
  },

  async 'empty fragments'(client) {
    const one = await opened(client, peer(fresh()));
    const empty = Buffer.concat(times(2_000, () => frame('', { opcode: 0, isFinal: false })));
    await one.send(frame('{', { isFinal: false }));
    for (let i = 0; i < 20 && !one.isClosed; i++) await one.send(empty, 200);
    one.cut();
  },

  async 'unfinished messages'(client) {
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const one = await opened(client, '/relay');
      await one.send(frame(Buffer.alloc(1_000 * KIB, ' '), { isFinal: false }));
      clients.push(one);
    }
    await leaveOpen(clients, 1_000);
  },

  async 'publications without a reader'(client) {
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const one = await opened(client, '/relay');
      await one.say({ type: 'subscribe', topics: ['soak'] });
      one.stopReading();
      clients.push(one);
    }
    const publisher = await opened(client, '/relay');
    for (let i = 0; i < 8; i++) await publisher.say({ type: 'publish', topic: 'soak', data: 'x'.repeat(900 * KIB) });
    await leaveOpen([...clients, publisher], 500);
  },

  async 'messages for absent peers'(client) {
    const one = await opened(client, peer(fresh()));
    const id = fresh();
    const offers = times(256, (i) => frame(JSON.stringify({ type: 'OFFER', dst: `${id}-${i}-${'😀'.repeat(50)}` })));
    await one.send(Buffer.concat(offers));
    await leaveOpen([one], 200);
  },

  async 'reconnects that reset the rate limit'(client) {
    const [id, offer] = [fresh(), frame(JSON.stringify({ type: 'CANDIDATE', dst: 'nobody', payload: 1 }))];
    for (let i = 0; i < 20; i++) {
      const one = await opened(client, peer(id, 'same'));
      await one.send(Buffer.concat(times(300, () => offer)));
      one.cut();
    }
  },

  async 'topic names and wills'(client) {
    const clients = [];
    for (let i = 0; i < 10; i++) {
      const [listens, wills] = [await opened(client, '/relay'), await opened(client, `/peero?topic=${fresh()}`)];
      await listens.say({ type: 'subscribe', topics: times(200, (n) => `${i}-${n}-${'一'.repeat(1_000)}`) });
      await wills.say(`{"type":"will","signal":"${'w'.repeat(900 * KIB)}"}`);
      clients.push(listens, wills);
    }
    await leaveOpen(clients, 300);
  },

  async 'a mesh that every client joins'(client) {
    const clients = times(40, () => client());
    await Promise.all(clients.map((one) => one.upgrade('/peero?topic=mesh')));
    await leaveOpen(clients, 500);
  },

  async 'patterns against names'(client) {
    const patterns = ['/{*}+!', 'https://a.example/*/b/*', '/:a-:b-:c', 'http{s}?://*.example/*'];
    const templates = times(50, (i) => `http://a.example/{a}/{b}${'{?c*}'.repeat(i % 3)}/${'x'.repeat(i)}`);
    const query = form([...patterns.map((one) => ['match_urlpattern', one]), ...templates.map((one) => ['topic', one])]);
    const streams = [];
    for (let i = 0; i < 4; i++) {
      const one = client();
      await one.send(`GET ${HUB}?${query.slice(0, 3_500)} HTTP/1.1\r\nHost: a\r\n\r\n`);
      streams.push(one);
    }
    for (let i = 0; i < 5; i++) {
      const names = times(20, (n) => ['topic', `http://a.example/${'b/'.repeat(200)}${n}`]);
      streams.push(await post(client, form([...names, ['data', 'x'.repeat(10 * KIB)]])));
    }
    await leaveOpen(streams, 300);
  },

  async 'responses without a reader'(client) {
    const one = client();
    one.stopReading();
    const requests = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2_000);
    for (let i = 0; i < 20 && !one.isClosed; i++) await one.send(requests, 200);
    one.cut();
  },

  async 'streams behind streams'(client) {
    const one = client();
    await one.send(`GET ${HUB}?topic=a HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(200));
    await leaveOpen([one], 200);
  },

  async 'handshakes of Socket.IO'(client) {
    const targets = [
      ...['/socket.io/?EIO=4&transport=polling', '/socket.io?EIO=4&transport=polling', '/socket.io/?EIO=9&transport=polling'],
      ...[
        '/socket.io/?EIO=4&transport=websocket&sid=none',
        '/socket.io/?transport=nothing',
        '/socket.io/?EIO=4&transport=polling&j=1',
      ],
    ];
    const clients = [];
    for (const target of targets) {
      const [asks, upgrades] = [client(), client()];
      await asks.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await upgrades.upgrade(target);
      clients.push(asks, upgrades);
    }
    const one = await opened(client, '/socket.io/?EIO=4&transport=websocket');
    for (const packet of [
      '40',
      '40/other,',
      '42["subscribe","a"]',
      '451-["publish","a",{"_placeholder":true,"num":0}]',
      '2probe',
    ]) {
      await one.say(packet);
    }
    await leaveOpen([...clients, one], 200);
  },

  async 'requests in fragments'(client) {
    const text = `GET ${peer(fresh())} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    const clients = times(10, () => client());
    for (const [i, one] of clients.entries()) {
      await one.send(text.slice(0, 5 * (i + 1)));
      await sleep(10);
      await one.send(text.slice(5 * (i + 1)));
    }
    await leaveOpen(clients, 100);
  },
};
