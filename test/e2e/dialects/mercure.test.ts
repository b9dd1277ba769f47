import { createSigner } from 'fast-jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { Stages } from '../../support/e2e/stages.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { fresh } from '../../support/e2e/visit.ts';

/* Browsers, and peers like those of Peerix, on the Mercure endpoint. The pages are of another origin than the broker. */

const PATH = '/.well-known/mercure';
const SECRET = 'a secret of the tests, long enough to be one';
const OPEN: ServerOptions = { dialects: ['peerjs', 'mercure'], mercure_open: true };

let pages: Stages;
let peers: Stages;
beforeAll(async () => {
  pages = await Stages.start('event-source.js');
  peers = await Stages.start('peerix.js');
});
afterAll(async () => {
  await pages.stop();
  await peers.stop();
});

const urlOf = ({ host, port }: Server, query = ''): string => `http://${host}:${port}${PATH}${query}`;

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Mercure on $name', (kind) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPEN });
  });
  afterAll(() => server.stop());

  it('MER1, MER3, MER4: a page listens with EventSource and publishes with fetch', async () => {
    const [garden, house] = [fresh('garden'), fresh('house')];
    const tab = await pages.tab();
    await tab.does('listen', urlOf(server, `?topic=${garden}&topic=${house}`));
    await tab.until('isOpen');
    expect(await tab.does('publish', urlOf(server), { topic: garden, data: 'a\nb', id: 'one' })).toEqual({
      status: 200,
      body: 'one',
    });
    await tab.does('publish', urlOf(server), { topic: house, data: '\u{1f600}', type: 'alarm' });
    await tab.does('publish', urlOf(server), { topic: house });
    await tab.until('heard', 'a\nb', '\u{1f600}', '');
    await tab.closes();
  });

  it('MER1, MER4: two peers like those of Peerix connect', async () => {
    const namespace = fresh('namespace');
    const [ann, bob] = await Promise.all([peers.tab(), peers.tab()]);
    for (const tab of [ann, bob]) await tab.does('join', 'sse', urlOf(server), namespace);
    await ann.does('announce');
    for (const tab of [ann, bob]) await tab.until('isConnected');
    await ann.does('tell', 'hello');
    await bob.until('heard', 'hello');
    await Promise.all([ann.closes(), bob.closes()]);
  });

  it('MER9: streams end with the broker, and it ends in time', async () => {
    const other = await Server.start({ kind, options: OPEN });
    const tab = await pages.tab();
    await tab.does('listen', urlOf(other, '?topic=a'));
    await tab.until('isOpen');
    expect(await other.stop()).toMatchObject({ code: 0 });
    await tab.closes();
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Mercure with tokens on $name', (kind) => {
  it('MER5: a browser whose broker was away asks for what it missed, by itself', async () => {
    const first = await Server.start({ kind, options: OPEN });
    const tab = await pages.tab();
    await tab.does('listen', urlOf(first, '?topic=garden'));
    await tab.until('isOpen');
    await tab.does('publish', urlOf(first), { topic: 'garden', data: '1', id: 'one', retry: '100' });
    await tab.until('heard', '1');
    await first.stop();
    const second = await Server.start({ kind, options: OPEN, port: first.port });
    await tab.until('isOpen');
    await tab.does('publish', urlOf(second), { topic: 'garden', data: '2' });
    await tab.until('heard', '1', '2');
    await tab.closes();
    await second.stop();
  });

  it('MER5: a browser that was cut off hears what it missed, by itself', async () => {
    const server = await Server.start({ kind, options: OPEN });
    const wire = await TcpProxy.to(server.port);
    const tab = await pages.tab();
    await tab.does('listen', `http://${server.host}:${wire.port}${PATH}?topic=garden`);
    await tab.until('isOpen');
    await tab.does('publish', urlOf(server), { topic: 'garden', data: '1', retry: '1000' });
    await tab.until('heard', '1');
    wire.cut();
    for (const data of ['2', '3']) await tab.does('publish', urlOf(server), { topic: 'garden', data });
    await tab.until('heard', '1', '2', '3');
    await tab.does('publish', urlOf(server), { topic: 'garden', data: '4' });
    await tab.until('heard', '1', '2', '3', '4');
    await tab.closes();
    await wire.stop();
    await server.stop();
  });

  it('MER7, MER8: a token in a header or a cookie opens what it covers, for pages of listed origins', async () => {
    const tab = await pages.tab();
    const origin = new URL(tab.page.url()).origin;
    const keys = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
    const server = await Server.start({ kind, options: { dialects: ['peerjs', 'mercure'], cors: origin, ...keys } });
    const token = createSigner({ key: SECRET })({ mercure: { publish: ['garden'], subscribe: ['garden'] } });
    await tab.does('listen', urlOf(server, '?topic=garden'));
    await tab.until('isRefused');
    await tab.page.context().addCookies([{ name: 'mercureAuthorization', value: token, url: `http://${server.host}` }]);
    await tab.does('listen', urlOf(server, '?topic=garden'), true);
    await tab.until('isOpen');
    const secret = { topic: 'garden', data: 'secret', private: 'on' };
    expect(await tab.does('publish', urlOf(server), secret, { credentials: 'include' })).toMatchObject({ status: 200 });
    expect(await tab.does('publish', urlOf(server), secret)).toMatchObject({ status: 401 });
    const headers = { authorization: `Bearer ${token}` };
    expect(await tab.does('publish', urlOf(server), { topic: 'house' }, { headers })).toMatchObject({ status: 403 });
    await tab.until('heard', 'secret');
    await tab.closes();
    await server.stop();
  });

  it('a broker that does not serve it answers 404', async () => {
    const server = await Server.start({ kind });
    expect((await ask(server, `${PATH}?topic=a`)).status).toBe(404);
    await server.stop();
  });
});
