import { cases } from '../case.ts';
import { equals, has, matches, shown } from '../claims.ts';
import { Dangerous } from '../outcomes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What the PeerJS client takes for an id. */
const CLIENTS_ID = /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/;

/** H1 to H3: what a server says of itself, ids, and who is here. */
export const HTTP_CASES = cases([
  {
    id: 'H1.describes',
    title: 'GET {path}',
    severity: 'recommended',
    expected: '200, and a JSON object with a name, a description and a website',
    async run(scene) {
      const { status, headers, body } = await scene.asks('');
      equals('the status', status, 200);
      matches('the content type', headers['content-type'], /^application\/json/);
      const described = JSON.parse(body) as Record<string, unknown>;
      for (const name of ['name', 'description', 'website']) equals(`the type of ${name}`, typeof described[name], 'string');
    },
  },
  {
    id: 'H1.html',
    title: 'GET {path} by a browser that prefers HTML',
    severity: 'recommended',
    expected: 'the same JSON',
    async run(scene) {
      const { headers, body } = await scene.asks('', { headers: { accept: 'text/html' } });
      matches('the content type', headers['content-type'], /^application\/json/);
      equals('the type of name', typeof (JSON.parse(body) as Record<string, unknown>)['name'], 'string');
    },
  },
  {
    id: 'H2.gives-id',
    title: 'GET {path}{key}/id',
    severity: 'required',
    expected: '200, and the whole body is an id that the PeerJS client takes',
    async run(scene) {
      const { status, body } = await scene.asks(`${scene.server.key}/id`);
      equals('the status', status, 200);
      matches('the body', body, CLIENTS_ID);
    },
  },
  {
    id: 'H2.uuid',
    title: 'GET {path}{key}/id',
    severity: 'recommended',
    expected: 'the id is a UUID, as text/html',
    async run(scene) {
      const { headers, body } = await scene.asks(`${scene.server.key}/id`);
      matches('the content type', headers['content-type'], /^text\/html/);
      matches('the body', body, UUID);
    },
  },
  {
    id: 'H2.no-id-twice',
    title: 'twenty requests for an id at once',
    severity: 'required',
    expected: 'twenty different ids',
    async run(scene) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => scene.asks(`${scene.server.key}/id`)));
      equals('the number of different ids', new Set(answers.map(({ body }) => body)).size, 20);
    },
  },
  {
    id: 'H2.any-query',
    title: 'GET {path}{key}/id with the query of the client, a parameter twice and a broken escape',
    severity: 'required',
    expected: '200, and an id',
    async run(scene) {
      const { status, body } = await scene.asks(`${scene.server.key}/id?ts=17000000000000.123&version=1.5.5&ts=%zz`);
      equals('the status', status, 200);
      matches('the body', body, CLIENTS_ID);
    },
  },
  {
    id: 'H2.id-opens',
    title: 'Ann opens a socket with an id that was given out, and Bob writes to it',
    severity: 'required',
    expected: 'Ann hears Bob',
    async run(scene) {
      const { body: id } = await scene.asks(`${scene.server.key}/id`);
      const [ann, bob] = [await scene.enters('ann', { id }), await scene.enters('bob')];
      bob.offers(id, 'hello');
      has('what Ann hears', await ann.hears(), { src: bob.id, dst: id, payload: 'hello' });
    },
  },
  {
    id: 'H2.unknown-key',
    title: 'GET {path}nobody/id, where no realm has that key',
    severity: 'recommended',
    expected: '401, and a text that says so',
    reference: { does: 'gives out an id for any key', shows: /status: expected 401, got 200/ },
    async run(scene) {
      const { status, body } = await scene.asks('nobody/id');
      equals('the status', status, 401);
      equals('the body', body, 'Invalid key provided');
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
      equals('the status', (await scene.asks(`${escaped}${key.slice(2)}/id`)).status, 200);
    },
  },
  {
    id: 'H3.nobody-is-listed',
    title: 'GET {path}{key}/peers while Ann is here, with discovery off',
    severity: 'required',
    expected: '401, and nothing of Ann',
    needs: 'no discovery',
    async run(scene) {
      const ann = await scene.enters('ann');
      const { status, body } = await scene.asks(`${scene.server.key}/peers`);
      if (body.includes(ann.id)) throw new Dangerous(`discovery is off, and the answer names Ann: ${shown(body)}`);
      equals('the status', status, 401);
    },
  },
  {
    id: 'H3.unknown-key',
    title: 'GET {path}nobody/peers, with discovery off',
    severity: 'recommended',
    expected: '401, as for any key',
    needs: 'no discovery',
    async run(scene) {
      equals('the status', (await scene.asks('nobody/peers')).status, 401);
    },
  },
]);
