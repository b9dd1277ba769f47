import { cases } from '../case.ts';
import { equals, holds, matches } from '../claims.ts';
import { Dangerous, Failed } from '../outcomes.ts';
import { fresh, type Scene } from '../scene.ts';

/** H4: who is here, where everybody may know. */
export const DISCOVERY_CASES = cases([
  {
    id: 'H4.lists-peers',
    title: 'Ann, Bob and Cem enter; GET {path}{key}/peers, with discovery on',
    severity: 'required',
    expected: '200, and a JSON array with the three ids',
    needs: 'discovery',
    async run(scene) {
      const ids = await threeEnter(scene);
      const { status, headers } = await scene.asks(`${scene.server.key}/peers`);
      equals('the status', status, 200);
      matches('the content type', headers['content-type'], /^application\/json/);
      const listed = await listedIn(scene);
      for (const id of ids) holds(listed.includes(id), `${id} is not listed`);
    },
  },
  {
    id: 'H4.order',
    title: 'Ann, Bob and Cem enter; GET {path}{key}/peers',
    severity: 'recommended',
    expected: 'the ids stand in the order in which the peers came',
    needs: 'discovery',
    async run(scene) {
      const ids = await threeEnter(scene);
      equals(
        'the order',
        (await listedIn(scene)).filter((id) => ids.includes(id)),
        ids,
      );
    },
  },
  {
    id: 'H4.once',
    title: 'Ann enters, and comes back with the same token; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Ann is listed once',
    needs: 'discovery',
    async run(scene) {
      const ann = await scene.enters('ann');
      await (await scene.comesBack(ann)).pings();
      equals('the times that Ann is listed', (await listedIn(scene)).filter((id) => id === ann.id).length, 1);
    },
  },
  {
    id: 'H4.left',
    title: 'Ann leaves, Bob stays; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Bob is listed, and Ann is not',
    needs: 'discovery',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      await ann.leaves();
      const listed = await listedIn(scene);
      holds(listed.includes(bob.id), 'Bob is not listed');
      holds(!listed.includes(ann.id), 'Ann is still listed');
    },
  },
  {
    id: 'H4.refused',
    title: 'a socket is refused for its key; GET {path}{key}/peers',
    severity: 'required',
    expected: 'it is not listed',
    needs: 'discovery',
    async run(scene) {
      const refused = await scene.opens('stranger', { key: 'nobody' });
      await refused.closed();
      holds(!(await listedIn(scene)).includes(refused.id), 'the refused one is listed');
    },
  },
  {
    id: 'H4.odd-ids',
    title: 'Ann enters with an id of quotes, tags and Unicode; GET {path}{key}/peers',
    severity: 'hardening',
    expected: 'the id stands in the JSON as it is',
    needs: 'discovery',
    async run(scene) {
      const { id } = await scene.enters('ann', { id: fresh('"\\ <b> \u2028 🦊') });
      holds((await listedIn(scene)).includes(id), 'the id is not listed as it is');
    },
  },
  {
    id: 'H4.unknown-key',
    title: 'GET {path}nobody/peers, with discovery on',
    severity: 'recommended',
    expected: '401',
    needs: 'discovery',
    reference: { does: 'lists its peers to any key', shows: /status: expected 401, got 200/ },
    async run(scene) {
      equals('the status', (await scene.asks('nobody/peers')).status, 401);
    },
  },
  {
    id: 'H4.own-realm',
    title: 'Ann enters the first of several realms, Bob the second; GET {path}{second key}/peers',
    severity: 'required',
    expected: 'Bob is listed, and Ann is not',
    needs: 'two keys',
    reference: { does: 'knows one key only', shows: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const ann = await scene.enters('ann', { key: here });
      const bob = await scene.enters('bob', { key: there });
      const { status } = await scene.asks(`${there}/peers`);
      if (status === 401) throw new Failed('the peers of the second realm are not listed: 401');
      const listed = await listedIn(scene, there);
      if (listed.includes(ann.id)) throw new Dangerous('the list of one realm names a peer of another');
      holds(listed.includes(bob.id), 'Bob is not listed');
    },
  },
]);

async function threeEnter(scene: Scene): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['ann', 'bob', 'cem']) ids.push((await scene.enters(name)).id);
  return ids;
}

async function listedIn(scene: Scene, key: string = scene.server.key): Promise<string[]> {
  const { body } = await scene.asks(`${key}/peers`);
  const listed: unknown = JSON.parse(body);
  if (!Array.isArray(listed)) throw new Failed(`the answer is no array: ${body.slice(0, 100)}`);
  return listed.map(String);
}
