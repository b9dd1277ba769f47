import { cases } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';
import { postBroadcast, SupabaseClient, supabaseTarget } from '../supabase-client.ts';

const SETUP = { setup: 'supabase' } as const;
const JSON_TYPE = { 'content-type': 'application/json' };

/** SB11: broadcasts by HTTP. */
export const SUPABASE_HTTP_CASES = cases([
  {
    ...{ id: 'SB11.list', severity: 'required', ...SETUP },
    title: 'Bob sends two broadcasts in one request',
    expected: '202, and Ann receives both',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, eve] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'eve', channel)];
      const messages = [1, 2].map((n) => ({ topic: channel, event: 'note', payload: { n }, private: false }));
      const { status } = await postBroadcast(scene, '', JSON.stringify({ messages }), JSON_TYPE);
      assertEqual('the status', status, 202);
      const numbers = (await ann.broadcastsBeforeMarker(eve, channel)).map(([, , payload]) => (payload as { n: unknown }).n);
      assertEqual('the numbers', numbers, [1, 2]);
    },
  },
  {
    ...{ id: 'SB11.path', severity: 'required', ...SETUP },
    title: 'Bob sends a broadcast with topic and event in the path, percent-encoded',
    expected: '202, and Ann receives it',
    async run(scene) {
      const channel = uniqueName('a/ä');
      const [ann, eve] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'eve', channel)];
      const path = `/${encodeURIComponent(channel)}/events/${encodeURIComponent('no/te')}`;
      assertEqual('the status', (await postBroadcast(scene, path, '[1]', JSON_TYPE)).status, 202);
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(eve, channel), [[channel, 'no/te', [1]]]);
    },
  },
  {
    ...{ id: 'SB11.octets', severity: 'recommended', ...SETUP },
    title: 'Bob sends application/octet-stream with topic and event in the path',
    expected: '202, and Ann receives a binary frame',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, eve] = [await SupabaseClient.join(scene, 'ann', channel), await SupabaseClient.join(scene, 'eve', channel)];
      const headers = { 'content-type': 'application/octet-stream' };
      assertEqual('the status', (await postBroadcast(scene, `/${channel}/events/bytes`, 'ab', headers)).status, 202);
      assertEqual('broadcasts to Ann', await ann.broadcastsBeforeMarker(eve, channel), [[channel, 'bytes', [97, 98]]]);
    },
  },
  {
    ...{ id: 'SB11.unusable', severity: 'required', ...SETUP },
    title: 'Bob sends requests without messages, without a topic, and without an event',
    expected: '422 for each of them',
    async run(scene) {
      for (const body of ['{}', '{"messages":[{"event":"note","payload":{}}]}', '{"messages":[{"topic":"a","payload":{}}]}']) {
        assertEqual(`the status for ${body}`, (await postBroadcast(scene, '', body, JSON_TYPE)).status, 422);
      }
    },
  },
  {
    ...{ id: 'SB11.preflight', severity: 'required', ...SETUP },
    title: 'A page of another origin asks whether it may send a broadcast with apikey and authorization',
    expected: 'it may',
    async run(scene) {
      const headers = {
        ...{ origin: 'https://page.example', 'access-control-request-method': 'POST' },
        'access-control-request-headers': 'apikey,authorization,content-type',
      };
      const response = await scene.requestAt(supabaseTarget(scene, '/api/broadcast'), { method: 'OPTIONS', headers });
      const allowed = String(response.headers['access-control-allow-headers'] ?? '').toLowerCase();
      const isAllowed = ['apikey', 'authorization', 'content-type'].every((name) => allowed.includes(name));
      assertThat(response.status < 300 && isAllowed, `the headers were expected, got ${response.status} ${allowed}`);
    },
  },
]);
