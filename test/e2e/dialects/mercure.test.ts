import { createSigner } from 'fast-jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { ScriptPages } from '../../support/e2e/script-pages.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* Browsers, and clients with the protocol of Peerix, on the Mercure endpoint. The pages have another origin than the broker. */

const PATH = '/.well-known/mercure';
const SECRET = 'a secret of the tests, long enough to be one';
const OPEN: ServerOptions = { dialects: ['peerjs', 'mercure'], mercure_open: true };

let pages: ScriptPages;
let peers: ScriptPages;
beforeAll(async () => {
  pages = await ScriptPages.start('event-source.js');
  peers = await ScriptPages.start('peerix.js');
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

  it('MER1, MER3, MER4: a page subscribes with EventSource and publishes with fetch', async () => {
    const [garden, other] = [uniqueName('garden'), uniqueName('house')];
    const tab = await pages.openPage();
    await tab.call('listen', urlOf(server, `?topic=${garden}&topic=${other}`));
    await tab.waitFor('isOpen');
    expect(await tab.call('publish', urlOf(server), { topic: garden, data: 'a\nb', id: 'one' })).toEqual({
      status: 200,
      body: 'one',
    });
    await tab.call('publish', urlOf(server), { topic: other, data: '\u{1f600}', type: 'alarm' });
    await tab.call('publish', urlOf(server), { topic: other });
    await tab.waitFor('received', 'a\nb', '\u{1f600}', '');
    await tab.close();
  });

  it('MER1, MER4: two Peerix clients connect', async () => {
    const namespace = uniqueName('namespace');
    const [ann, bob] = await Promise.all([peers.openPage(), peers.openPage()]);
    for (const tab of [ann, bob]) await tab.call('join', 'sse', urlOf(server), namespace);
    await ann.call('announce');
    for (const tab of [ann, bob]) await tab.waitFor('isConnected');
    await ann.call('send', 'hello');
    await bob.waitFor('received', 'hello');
    await Promise.all([ann.close(), bob.close()]);
  });

  it('MER9: streams end when the broker stops, and the broker stops in time', async () => {
    const other = await Server.start({ kind, options: OPEN });
    const tab = await pages.openPage();
    await tab.call('listen', urlOf(other, '?topic=a'));
    await tab.waitFor('isOpen');
    expect(await other.drain()).toMatchObject({ code: 0 });
    await tab.close();
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Mercure with tokens on $name', (kind) => {
  it('MER5: a browser reconnects to a restarted broker and requests missed updates, without code of the page', async () => {
    const first = await Server.start({ kind, options: OPEN });
    const tab = await pages.openPage();
    await tab.call('listen', urlOf(first, '?topic=garden'));
    await tab.waitFor('isOpen');
    await tab.call('publish', urlOf(first), { topic: 'garden', data: '1', id: 'one', retry: '100' });
    await tab.waitFor('received', '1');
    await first.stop();
    const second = await Server.start({ kind, options: OPEN, port: first.port });
    await tab.waitFor('isOpen');
    await tab.call('publish', urlOf(second), { topic: 'garden', data: '2' });
    await tab.waitFor('received', '1', '2');
    await tab.close();
    await second.stop();
  });

  it('MER5: a browser receives missed updates after a lost connection, without code of the page', async () => {
    const server = await Server.start({ kind, options: OPEN });
    const proxy = await TcpProxy.to(server.port);
    const tab = await pages.openPage();
    await tab.call('listen', `http://${server.host}:${proxy.port}${PATH}?topic=garden`);
    await tab.waitFor('isOpen');
    await tab.call('publish', urlOf(server), { topic: 'garden', data: '1', retry: '1000' });
    await tab.waitFor('received', '1');
    proxy.cut();
    for (const data of ['2', '3']) await tab.call('publish', urlOf(server), { topic: 'garden', data });
    await tab.waitFor('received', '1', '2', '3');
    await tab.call('publish', urlOf(server), { topic: 'garden', data: '4' });
    await tab.waitFor('received', '1', '2', '3', '4');
    await tab.close();
    await proxy.stop();
    await server.stop();
  });

  it('MER7, MER8: a token in a header or a cookie gives access to its topics, for pages of listed origins', async () => {
    const tab = await pages.openPage();
    const origin = new URL(tab.page.url()).origin;
    const keys = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
    const server = await Server.start({ kind, options: { dialects: ['peerjs', 'mercure'], cors: origin, ...keys } });
    const token = createSigner({ key: SECRET })({ mercure: { publish: ['garden'], subscribe: ['garden'] } });
    await tab.call('listen', urlOf(server, '?topic=garden'));
    await tab.waitFor('isRefused');
    await tab.page.context().addCookies([{ name: 'mercureAuthorization', value: token, url: `http://${server.host}` }]);
    await tab.call('listen', urlOf(server, '?topic=garden'), true);
    await tab.waitFor('isOpen');
    const secret = { topic: 'garden', data: 'secret', private: 'on' };
    expect(await tab.call('publish', urlOf(server), secret, { credentials: 'include' })).toMatchObject({ status: 200 });
    expect(await tab.call('publish', urlOf(server), secret)).toMatchObject({ status: 401 });
    const headers = { authorization: `Bearer ${token}` };
    expect(await tab.call('publish', urlOf(server), { topic: 'house' }, { headers })).toMatchObject({ status: 403 });
    await tab.waitFor('received', 'secret');
    await tab.close();
    await server.stop();
  });

  it('a broker without the dialect answers 404', async () => {
    const server = await Server.start({ kind });
    expect((await sendRequest(server, `${PATH}?topic=a`)).status).toBe(404);
    await server.stop();
  });
});
