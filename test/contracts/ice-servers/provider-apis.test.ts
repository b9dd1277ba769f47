import { afterEach, describe, expect, it } from 'vitest';
import {
  cloudflareApi,
  meteredApi,
  type ProviderAnswer,
  type ProviderApi,
  twilioApi,
  urlApi,
} from '../../../src/adapters/ice-servers/provider/apis.ts';
import { receivedServers, secondsOf } from '../../../src/adapters/ice-servers/provider/received-servers.ts';
import { requestJson } from '../../../src/adapters/ice-servers/provider/request-json.ts';
import { FakeProvider, json } from '../../support/fake-provider.ts';

const SECRET = 'canary-0123456789';
const ACCOUNT = { id: 'account-1', secret: SECRET };

let provider: FakeProvider | undefined;
afterEach(() => provider?.stop());

async function start(...args: Parameters<typeof FakeProvider.start>): Promise<FakeProvider> {
  provider = await FakeProvider.start(...args);
  return provider;
}

function ask(api: ProviderApi, signal = new AbortController().signal): Promise<ProviderAnswer> {
  return api.ask(600, requestJson, signal);
}

const turn = { urls: ['turn:turn.example.org:3478?transport=udp'], username: 'user', credential: 'password' };
const stun = { urls: ['stun:stun.example.org:3478'] };

describe('the HTTP interface of a provider', () => {
  it('I11: cloudflare', async () => {
    const blocked = { ...turn, urls: ['turn:turn.example.org:53?transport=udp', ...turn.urls] };
    const { base, requests } = await start(json(201, { iceServers: [stun, blocked] }));
    const { servers, ttl } = await ask(cloudflareApi(ACCOUNT, base));
    expect([receivedServers(servers), ttl]).toEqual([{ stun: stun.urls, turn: [turn], dropped: 0 }, undefined]);
    const line = 'POST /v1/turn/keys/account-1/credentials/generate-ice-servers';
    expect(requests).toEqual([{ line, authorization: `Bearer ${SECRET}`, body: '{"ttl":600}' }]);
  });

  it('I11: twilio, with url and urls, and the lifetime as text', async () => {
    const url = turn.urls[0];
    const body = {
      username: 'user',
      password: 'password',
      ttl: '600',
      ice_servers: [
        { url: stun.urls[0], urls: stun.urls[0] },
        { ...turn, url, urls: url },
      ],
    };
    const { base, requests } = await start(json(201, body));
    const { servers, ttl } = await ask(twilioApi(ACCOUNT, base));
    expect([receivedServers(servers), secondsOf(ttl)]).toEqual([{ stun: stun.urls, turn: [turn], dropped: 0 }, 600]);
    const authorization = `Basic ${Buffer.from(`account-1:${SECRET}`).toString('base64')}`;
    expect(requests).toEqual([{ line: 'POST /2010-04-01/Accounts/account-1/Tokens.json', authorization, body: 'Ttl=600' }]);
  });

  it('I11: metered, in two requests', async () => {
    const { base, requests } = await start((request, response) => {
      const created = { username: 'user', password: 'password', expiryInSeconds: 600, apiKey: 'key &1' };
      json(200, request.method === 'POST' ? created : [{ urls: stun.urls[0] }, { ...turn, urls: turn.urls[0] }])(
        request,
        response,
      );
    });
    const { servers } = await ask(meteredApi(ACCOUNT, base));
    expect(receivedServers(servers)).toEqual({ stun: stun.urls, turn: [turn], dropped: 0 });
    expect(requests).toEqual([
      {
        line: `POST /api/v1/turn/credential?secretKey=${SECRET}`,
        authorization: undefined,
        body: '{"expiryInSeconds":600,"label":"signalbox"}',
      },
      { line: 'GET /api/v1/turn/credentials?apiKey=key+%261', authorization: undefined, body: '' },
    ]);
  });

  it('I11: url, in the form of I2, with the secret or without one', async () => {
    const { base, requests } = await start(json(200, { iceServers: [stun, turn], ttl: 900 }));
    const { servers, ttl } = await ask(urlApi(`${base}/ice?app=1`, SECRET));
    expect([receivedServers(servers), ttl]).toEqual([{ stun: stun.urls, turn: [turn], dropped: 0 }, 900]);
    await ask(urlApi(base, undefined));
    expect(requests).toEqual([
      { line: 'GET /ice?app=1', authorization: `Bearer ${SECRET}`, body: '' },
      { line: 'GET /', authorization: undefined, body: '' },
    ]);
  });
});

type Respond = Parameters<typeof FakeProvider.start>[0];

const FAILURES: Readonly<Record<string, readonly [respond: Respond, message: RegExp]>> = {
  'a status other than 2xx': [json(500, { message: SECRET }), /^it answered 500$/],
  'wrong credentials': [json(401, { message: SECRET }), /^it answered 401$/],
  'a redirect, which is not followed': [
    (request, response) => {
      if (request.url === '/next') return json(200, { iceServers: [turn], apiKey: 'key' })(request, response);
      response.writeHead(302, { location: '/next' }).end();
    },
    /^it answered 302$/,
  ],
  'text that is not JSON': [(_, response) => void response.end(`<html>${SECRET}`), /^its answer is not JSON$/],
  'an empty body': [(_, response) => void response.end(), /^its answer is not JSON$/],
  'a body of more than 16 KiB': [
    (_, response) => void response.end(JSON.stringify({ iceServers: [turn], more: 'x'.repeat(17_000) })),
    /^its answer has more than 16384 bytes$/,
  ],
  'a body without end': [
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1_024)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    /^its answer has more than 16384 bytes$/,
  ],
  'a connection that it closes': [(request) => void request.socket.destroy(), /^no connection/],
};

const APIS: Readonly<Record<string, (base: string) => ProviderApi>> = {
  cloudflare: (base) => cloudflareApi(ACCOUNT, base),
  twilio: (base) => twilioApi(ACCOUNT, base),
  metered: (base) => meteredApi(ACCOUNT, base),
  url: (base) => urlApi(`${base}/?key=${SECRET}`, SECRET),
};

describe.each(Object.entries(APIS))('I11: the answer of %s is refused, without its secret in the reason:', (_, api) => {
  it.each(Object.entries(FAILURES))('%s', async (_title, [respond, message]) => {
    const { base } = await start(respond);
    const error: unknown = await ask(api(base)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ProviderError', message: expect.stringMatching(message) });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary');
    expect(provider?.requests).toHaveLength(1);
  });

  it('a host that is not there', async () => {
    const { base } = await start(json(200, {}));
    await provider?.stop();
    await expect(ask(api(base))).rejects.toMatchObject({ message: 'no connection: ECONNREFUSED' });
  });

  it('an answer that is aborted, before its head and within its body', async () => {
    for (const begin of [() => undefined, (response: { write: (text: string) => unknown }) => response.write('{')]) {
      const abort = new AbortController();
      const { base } = await start((_request, response) => {
        begin(response);
        setImmediate(() => abort.abort());
      });
      await expect(ask(api(base), abort.signal)).rejects.toMatchObject({ name: 'ProviderError' });
      await provider?.stop();
    }
  });

  it('JSON of another form', async () => {
    for (const body of [null, 1, 'x', [], {}, { iceServers: null, ice_servers: 1, apiKey: 1 }]) {
      const { base } = await start(json(200, body));
      const read = async (): Promise<unknown> => receivedServers((await ask(api(base))).servers);
      await expect(read(), JSON.stringify(body)).rejects.toMatchObject({ name: 'ProviderError' });
      await provider?.stop();
    }
  });
});
