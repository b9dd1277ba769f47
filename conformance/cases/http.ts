import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertMatch, formatValue } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What the PeerJS client takes for an id. */
const CLIENT_ID_PATTERN = /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/;

/** H1 to H3: what a server says of itself, ids, and who is here. */
export const HTTP_CASES = cases([
  {
    id: 'H1.describes',
    title: 'GET {path}',
    severity: 'recommended',
    expected: '200, and a JSON object with a name, a description and a website',
    async run(scene) {
      const { status, headers, body } = await scene.request('');
      assertEqual('the status', status, 200);
      assertMatch('the content type', headers['content-type'], /^application\/json/);
      const described = JSON.parse(body) as Record<string, unknown>;
      for (const name of ['name', 'description', 'website']) assertEqual(`the type of ${name}`, typeof described[name], 'string');
    },
  },
  {
    id: 'H1.html',
    title: 'GET {path} by a browser that prefers HTML',
    severity: 'recommended',
    expected: 'the same JSON',
    async run(scene) {
      const { headers, body } = await scene.request('', { headers: { accept: 'text/html' } });
      assertMatch('the content type', headers['content-type'], /^application\/json/);
      assertEqual('the type of name', typeof (JSON.parse(body) as Record<string, unknown>)['name'], 'string');
    },
  },
  {
    id: 'H2.gives-id',
    title: 'GET {path}{key}/id',
    severity: 'required',
    expected: '200, and the whole body is an id that the PeerJS client takes',
    async run(scene) {
      const { status, body } = await scene.request(`${scene.server.key}/id`);
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  {
    id: 'H2.uuid',
    title: 'GET {path}{key}/id',
    severity: 'recommended',
    expected: 'the id is a UUID, as text/html',
    async run(scene) {
      const { headers, body } = await scene.request(`${scene.server.key}/id`);
      assertMatch('the content type', headers['content-type'], /^text\/html/);
      assertMatch('the body', body, UUID);
    },
  },
  {
    id: 'H2.no-id-twice',
    title: 'twenty requests for an id at once',
    severity: 'required',
    expected: 'twenty different ids',
    async run(scene) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => scene.request(`${scene.server.key}/id`)));
      assertEqual('the number of different ids', new Set(answers.map(({ body }) => body)).size, 20);
    },
  },
  {
    id: 'H2.any-query',
    title: 'GET {path}{key}/id with the query of the client, a parameter twice and a broken escape',
    severity: 'required',
    expected: '200, and an id',
    async run(scene) {
      const { status, body } = await scene.request(`${scene.server.key}/id?ts=17000000000000.123&version=1.5.5&ts=%zz`);
      assertEqual('the status', status, 200);
      assertMatch('the body', body, CLIENT_ID_PATTERN);
    },
  },
  {
    id: 'H2.id-opens',
    title: 'Ann opens a socket with an id that was given out, and Bob writes to it',
    severity: 'required',
    expected: 'Ann hears Bob',
    async run(scene) {
      const { body: id } = await scene.request(`${scene.server.key}/id`);
      const [ann, bob] = [await scene.connect('ann', { id }), await scene.connect('bob')];
      bob.sendOffer(id, 'hello');
      assertMembers('what Ann hears', await ann.receive(), { src: bob.id, dst: id, payload: 'hello' });
    },
  },
  {
    id: 'H2.unknown-key',
    title: 'GET {path}nobody/id, where no realm has that key',
    severity: 'recommended',
    expected: '401, and a text that says so',
    reference: { behaviour: 'gives out an id for any key', evidence: /status: expected 401, got 200/ },
    async run(scene) {
      const { status, body } = await scene.request('nobody/id');
      assertEqual('the status', status, 401);
      assertEqual('the body', body, 'Invalid key provided');
    },
  },
  {
    id: 'H2.escaped-key',
    title: 'GET {path}{key}/id with characters of the key written as escapes',
    severity: 'recommended',
    expected: 'it is the same key: 200',
    async run(scene) {
      const { key } = scene.server;
      const escaped = Array.from(Buffer.from(key.slice(0, 2)), (byte) => `%${byte.toString(16)}`).join('');
      assertEqual('the status', (await scene.request(`${escaped}${key.slice(2)}/id`)).status, 200);
    },
  },
  {
    id: 'H3.nobody-is-listed',
    title: 'GET {path}{key}/peers while Ann is here, with discovery off',
    severity: 'required',
    expected: '401, and nothing of Ann',
    setup: 'no discovery',
    async run(scene) {
      const ann = await scene.connect('ann');
      const { status, body } = await scene.request(`${scene.server.key}/peers`);
      if (body.includes(ann.id)) throw new Dangerous(`discovery is off, and the answer names Ann: ${formatValue(body)}`);
      assertEqual('the status', status, 401);
    },
  },
  {
    id: 'H3.unknown-key',
    title: 'GET {path}nobody/peers, with discovery off',
    severity: 'recommended',
    expected: '401, as for any key',
    setup: 'no discovery',
    async run(scene) {
      assertEqual('the status', (await scene.request('nobody/peers')).status, 401);
    },
  },
]);
