import { cases } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import { Dangerous, Failed, NotTestable } from '../outcomes.ts';
import { uniqueName, type Fixture } from '../fixture.ts';

/** H4: the list of peers, on a server with discovery. */
export const DISCOVERY_CASES = cases([
  {
    id: 'H4.lists-peers',
    title: 'Ann, Bob and Cem connect; GET {path}{key}/peers, with discovery',
    severity: 'required',
    expected: '200, and a JSON array that includes the three ids',
    setup: 'discovery',
    async run(fixture) {
      const ids = await connectThree(fixture);
      const { status, headers } = await fixture.request(`${fixture.server.key}/peers`);
      assertEqual('the status', status, 200);
      assertMatch('the content type', headers['content-type'], /^application\/json/);
      const listed = await listedPeers(fixture);
      for (const id of ids) assertThat(listed.includes(id), `${id} is not listed`);
    },
  },
  {
    id: 'H4.order',
    title: 'Ann, Bob and Cem connect; GET {path}{key}/peers',
    severity: 'recommended',
    expected: 'the ids are listed in the order of connection',
    setup: 'discovery',
    async run(fixture) {
      const ids = await connectThree(fixture);
      assertEqual(
        'the order',
        (await listedPeers(fixture)).filter((id) => ids.includes(id)),
        ids,
      );
    },
  },
  {
    id: 'H4.once',
    title: 'Ann connects, then reconnects with the same token; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Ann is listed once',
    setup: 'discovery',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await fixture.reconnectAndSettle(ann);
      assertEqual('the number of entries for Ann', (await listedPeers(fixture)).filter((id) => id === ann.id).length, 1);
    },
  },
  {
    id: 'H4.left',
    title: 'Ann disconnects, Bob stays connected; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Bob is listed, Ann is not',
    setup: 'discovery',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      await ann.close();
      const listed = await listedPeers(fixture);
      assertThat(listed.includes(bob.id), 'Bob is not listed');
      assertThat(!listed.includes(ann.id), 'Ann is still listed');
    },
  },
  {
    id: 'H4.mail-waits',
    title: 'Ann sends an OFFER to absent Bob; GET {path}{key}/peers',
    severity: 'required',
    expected: 'Ann is listed, Bob is not: a mailbox is not a peer',
    setup: 'discovery',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.sendOffer(absent);
      await fixture.expectNothing(ann);
      const listed = await listedPeers(fixture);
      assertThat(listed.includes(ann.id), 'Ann is not listed');
      assertThat(!listed.includes(absent), 'the absent peer is listed');
    },
  },
  {
    id: 'H4.refused',
    title: 'a socket is refused for an unknown key; GET {path}{key}/peers',
    severity: 'required',
    expected: 'the refused id is not listed',
    setup: 'discovery',
    async run(fixture) {
      const refused = await fixture.openSocket('unknown-key', { key: 'unknown' });
      await refused.waitForClose();
      assertThat(!(await listedPeers(fixture)).includes(refused.id), 'the refused id is listed');
    },
  },
  {
    id: 'H4.odd-ids',
    title: 'Ann connects with an id that contains quotes, tags and Unicode; GET {path}{key}/peers',
    severity: 'hardening',
    expected: 'the JSON array includes the id unchanged',
    setup: 'discovery',
    async run(fixture) {
      const { id } = await fixture.connect('ann', { id: uniqueName('"\\ <b> \u2028 🦊') });
      assertThat((await listedPeers(fixture)).includes(id), 'the id is missing or changed');
    },
  },
  {
    id: 'H4.unknown-key',
    title: 'GET {path}unknown/peers, with discovery',
    severity: 'recommended',
    expected: '401',
    setup: 'discovery',
    reference: { behaviour: 'lists its peers for any key', evidence: /status: expected 401, got 200/ },
    async run(fixture) {
      assertEqual('the status', (await fixture.request('unknown/peers')).status, 401);
    },
  },
  {
    id: 'H4.own-realm',
    title: 'Ann connects to the first of several realms, Bob to the second; GET {path}{second key}/peers',
    severity: 'required',
    expected: 'Bob is listed, Ann is not: a list includes one realm only',
    setup: 'two keys',
    reference: { behaviour: 'supports only one key', evidence: /instead of OPEN/ },
    async run(fixture) {
      const [here = '', there = ''] = fixture.server.settings.key ?? [];
      const ann = await fixture.connect('ann', { key: here });
      const bob = await fixture.connect('bob', { key: there });
      const { status } = await fixture.request(`${there}/peers`);
      if (status === 401 && fixture.server.settings.allow_discovery !== true) {
        throw new NotTestable('requires a server with discovery; enable it, then pass --allow-discovery');
      }
      if (status === 401) throw new Failed('the list of the second realm is refused with 401');
      const listed = await listedPeers(fixture, there);
      if (listed.includes(ann.id)) throw new Dangerous('the list of one realm includes a peer of another realm');
      assertThat(listed.includes(bob.id), 'Bob is not listed');
    },
  },
]);

async function connectThree(fixture: Fixture): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['ann', 'bob', 'cem']) ids.push((await fixture.connect(name)).id);
  return ids;
}

async function listedPeers(fixture: Fixture, key: string = fixture.server.key): Promise<string[]> {
  const { body } = await fixture.request(`${key}/peers`);
  const listed: unknown = JSON.parse(body);
  if (!Array.isArray(listed)) throw new Failed(`the response is not a JSON array: ${body.slice(0, 100)}`);
  return listed.map(String);
}
