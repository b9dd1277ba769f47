import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertMatch, assertThat, formatValue } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';

/** The ids that the PeerJS client accepts. */
export const CLIENT_ID_PATTERN = /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/;

/** H1 to H3: server description, generated ids, and the list of peers. */
export const HTTP_CASES = cases([
  {
    id: 'H1.describes',
    title: 'GET {path}',
    severity: 'recommended',
    expected: '200, and a JSON object with the strings name, description and website',
    async run(fixture) {
      const { status, headers, body } = await fixture.request('');
      assertEqual('the status', status, 200);
      assertMatch('the content type', headers['content-type'], /^application\/json/);
      const described = JSON.parse(body) as Record<string, unknown>;
      for (const name of ['name', 'description', 'website']) assertEqual(`the type of ${name}`, typeof described[name], 'string');
    },
  },
  {
    id: 'H1.html',
    title: 'GET {path} with Accept: text/html',
    severity: 'recommended',
    expected: 'the same JSON, or an HTML page',
    async run(fixture) {
      const { status, headers, body } = await fixture.request('', { headers: { accept: 'text/html' } });
      assertEqual('the status', status, 200);
      assertMatch('the content type', headers['content-type'], /^(application\/json|text\/html)/);
      if (headers['content-type']?.startsWith('text/html') === true) return assertMatch('the body', body, /<html[\s>]/i);
      assertEqual('the type of name', typeof (JSON.parse(body) as Record<string, unknown>)['name'], 'string');
    },
  },
  {
    id: 'H2.gives-id',
    title: 'GET {path}{key}/id',
    severity: 'required',
    expected: '200, and the body is an id that the PeerJS client accepts; otherwise the client cannot connect without its own id',
    async run(fixture) {
      const { status, body } = await fixture.request(`${fixture.server.key}/id`);
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  {
    id: 'H2.text',
    title: 'GET {path}{key}/id',
    severity: 'recommended',
    expected: 'the content type is text, in an encoding that extends ASCII',
    async run(fixture) {
      const { headers } = await fixture.request(`${fixture.server.key}/id`);
      assertMatch('the content type', headers['content-type'], /^text\/(html|plain)(;(?!.*utf-?(16|32)).*)?$/i);
    },
  },
  {
    id: 'H2.no-id-twice',
    title: '20 parallel requests for an id',
    severity: 'required',
    expected: '20 different ids',
    async run(fixture) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => fixture.request(`${fixture.server.key}/id`)));
      assertEqual('the number of different ids', new Set(answers.map(({ body }) => body)).size, 20);
    },
  },
  {
    id: 'H2.any-query',
    title: 'GET {path}{key}/id with the query of the PeerJS client, a repeated parameter and an invalid escape',
    severity: 'required',
    expected: '200, and an id',
    async run(fixture) {
      const { status, body } = await fixture.request(`${fixture.server.key}/id?ts=17000000000000.123&version=1.5.5&ts=%zz`);
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  {
    id: 'H2.not-cached',
    title: 'GET {path}{key}/id',
    severity: 'recommended',
    expected: 'no header allows a cache to keep the id: two clients behind one cache would request the same id',
    async run(fixture) {
      const { headers } = await fixture.request(`${fixture.server.key}/id`);
      const { 'cache-control': control = '', expires } = headers;
      const isKept = /max-age=(?!0\b)|s-maxage=(?!0\b)|\bpublic\b|immutable/.test(control) && !/no-store|no-cache/.test(control);
      assertThat(!isKept, `cache-control is ${control}`);
      assertThat(expires === undefined || !(Date.parse(expires) > Date.now()), `expires is ${String(expires)}`);
    },
  },
  {
    id: 'H2.id-opens',
    title: 'Ann connects with a generated id, and Bob sends an OFFER to that id',
    severity: 'required',
    expected: 'Ann receives the OFFER',
    async run(fixture) {
      const { body: id } = await fixture.request(`${fixture.server.key}/id`);
      const [ann, bob] = [await fixture.connect('ann', { id }), await fixture.connect('bob')];
      bob.sendOffer(id, 'hello');
      assertMembers('frame received by Ann', await ann.receive(), { src: bob.id, dst: id, payload: 'hello' });
    },
  },
  {
    id: 'H2.unknown-key',
    title: 'GET {path}unknown/id with an unknown key',
    severity: 'recommended',
    expected: '200, and an id: the client then connects and receives the reason (O2); if this request fails, it shows no reason',
    async run(fixture) {
      const { status, body } = await fixture.request('unknown/id');
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  {
    id: 'H2.escaped-key',
    title: 'GET {path}{key}/id with percent-encoded characters in the key',
    severity: 'recommended',
    expected: '200: a percent-encoded key is the same key',
    async run(fixture) {
      const { key } = fixture.server;
      const escaped = Array.from(Buffer.from(key.slice(0, 2)), (byte) => `%${byte.toString(16)}`).join('');
      assertEqual('the status', (await fixture.request(`${escaped}${key.slice(2)}/id`)).status, 200);
    },
  },
  {
    id: 'H3.nobody-is-listed',
    title: 'GET {path}{key}/peers while Ann is connected, without discovery',
    severity: 'required',
    expected: '401, and the response does not include the id of Ann',
    setup: 'no discovery',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const { status, body } = await fixture.request(`${fixture.server.key}/peers`);
      if (body.includes(ann.id)) {
        throw new Dangerous(`discovery is disabled, but the response includes the id of Ann: ${formatValue(body)}`);
      }
      assertEqual('the status', status, 401);
    },
  },
  {
    id: 'H3.unknown-key',
    title: 'GET {path}unknown/peers, without discovery',
    severity: 'recommended',
    expected: '401, as for a known key',
    setup: 'no discovery',
    async run(fixture) {
      assertEqual('the status', (await fixture.request('unknown/peers')).status, 401);
    },
  },
]);
