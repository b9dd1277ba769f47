import { cases } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { Dangerous, Failed } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';

/** H4: who is here, where everybody may know. */
export const DISCOVERY_CASES = cases([
  {
    id: 'H4.lists-peers',
    title: 'Ann, Bob and Cem enter; GET {path}{key}/peers, with discovery on',
    severity: 'required',
    expected: '200, and a JSON array with the three ids',
    setup: 'discovery',
    async run(scene) {
      const ids = await connectThree(scene);
      const { status, headers } = await scene.request(`${scene.server.key}/peers`);
      assertEqual('the status', status, 200);
      assertMatch('the content type', headers['content-type'], /^application\/json/);
      const listed = await listedPeers(scene);
      for (const id of ids) assertThat(listed.includes(id), `${id} is not listed`);
    },
  },
  {
    id: 'H4.order',
    title: 'Ann, Bob and Cem enter; GET {path}{key}/peers',
    severity: 'recommended',
    expected: 'the ids stand in the order in which the peers came',
    setup: 'discovery',
    async run(scene) {
      const ids = await connectThree(scene);
      assertEqual(
        'the order',
        (await listedPeers(scene)).filter((id) => ids.includes(id)),
        ids,
      );
    },
  },
  {
    id: 'H4.once',
    title: 'Ann enters, and comes back with the same token; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Ann is listed once',
    setup: 'discovery',
    async run(scene) {
      const ann = await scene.connect('ann');
      await (await scene.reconnect(ann)).ping();
      assertEqual('the times that Ann is listed', (await listedPeers(scene)).filter((id) => id === ann.id).length, 1);
    },
  },
  {
    id: 'H4.left',
    title: 'Ann leaves, Bob stays; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Bob is listed, and Ann is not',
    setup: 'discovery',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      await ann.close();
      const listed = await listedPeers(scene);
      assertThat(listed.includes(bob.id), 'Bob is not listed');
      assertThat(!listed.includes(ann.id), 'Ann is still listed');
    },
  },
  {
    id: 'H4.refused',
    title: 'a socket is refused for its key; GET {path}{key}/peers',
    severity: 'required',
    expected: 'it is not listed',
    setup: 'discovery',
    async run(scene) {
      const refused = await scene.openSocket('stranger', { key: 'nobody' });
      await refused.waitForClose();
      assertThat(!(await listedPeers(scene)).includes(refused.id), 'the refused one is listed');
    },
  },
  {
    id: 'H4.odd-ids',
    title: 'Ann enters with an id of quotes, tags and Unicode; GET {path}{key}/peers',
    severity: 'hardening',
    expected: 'the id stands in the JSON as it is',
    setup: 'discovery',
    async run(scene) {
      const { id } = await scene.connect('ann', { id: uniqueName('"\\ <b> \u2028 🦊') });
      assertThat((await listedPeers(scene)).includes(id), 'the id is not listed as it is');
    },
  },
  {
    id: 'H4.unknown-key',
    title: 'GET {path}nobody/peers, with discovery on',
    severity: 'recommended',
    expected: '401',
    setup: 'discovery',
    reference: { behaviour: 'lists its peers to any key', evidence: /status: expected 401, got 200/ },
    async run(scene) {
      assertEqual('the status', (await scene.request('nobody/peers')).status, 401);
    },
  },
  {
    id: 'H4.own-realm',
    title: 'Ann enters the first of several realms, Bob the second; GET {path}{second key}/peers',
    severity: 'required',
    expected: 'Bob is listed, and Ann is not',
    setup: 'two keys',
    reference: { behaviour: 'knows one key only', evidence: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const ann = await scene.connect('ann', { key: here });
      const bob = await scene.connect('bob', { key: there });
      const { status } = await scene.request(`${there}/peers`);
      if (status === 401) throw new Failed('the peers of the second realm are not listed: 401');
      const listed = await listedPeers(scene, there);
      if (listed.includes(ann.id)) throw new Dangerous('the list of one realm names a peer of another');
      assertThat(listed.includes(bob.id), 'Bob is not listed');
    },
  },
]);

async function connectThree(scene: Fixture): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['ann', 'bob', 'cem']) ids.push((await scene.connect(name)).id);
  return ids;
}

async function listedPeers(scene: Fixture, key: string = scene.server.key): Promise<string[]> {
  const { body } = await scene.request(`${key}/peers`);
  const listed: unknown = JSON.parse(body);
  if (!Array.isArray(listed)) throw new Failed(`the answer is no array: ${body.slice(0, 100)}`);
  return listed.map(String);
}
