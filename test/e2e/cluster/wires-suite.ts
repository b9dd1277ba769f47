import { headers } from '@nats-io/nats-core';
import { describe, expect, it } from 'vitest';
import { CentrifugeUser } from '../../support/e2e/centrifuge-client.ts';
import { MqttUser } from '../../support/e2e/mqtt-client.ts';
import { NatsUser } from '../../support/e2e/nats-client.ts';
import { broadcast, SupabaseUser } from '../../support/e2e/supabase-client.ts';
import { until } from '../../support/e2e/until.ts';
import { clusterOn, PATIENCE_MS, type Engine } from './brokers.ts';

const MANY = 300;

export function describeWires({ engine: name, startEngine }: Engine): void {
  describe(`the wires of topics in a cluster on one ${name}`, () => {
    const cluster = clusterOn(startEngine);

    it('T20: clients of Supabase and Centrifuge see the members at the other broker', async () => {
      const [here, there] = await cluster.brokers.pair({
        dialects: ['peerjs', 'mercure', 'centrifuge', 'supabase'],
        mercure_open: true,
      });
      const [ann, bob] = [new SupabaseUser(here, { params: { key: cluster.brokers.realm } }), new CentrifugeUser(there)];
      const garden = await ann.join('garden', { presence: { enabled: true, key: 'ann' } });
      await garden.track({ n: 1 });
      await bob.connect();
      await bob.subscribe('garden');
      await until(PATIENCE_MS, 'both members', () => (Object.keys(garden.presenceState()).length === 2 ? true : undefined));
      const infos = Object.values((await bob.client.presence('garden')).clients).map(({ chanInfo }) => chanInfo as unknown);
      expect(infos.filter((info) => info !== undefined)).toEqual([{ n: 1 }]);
      bob.close();
      await until(PATIENCE_MS, 'one member', () => (Object.keys(garden.presenceState()).length === 1 ? true : undefined));
      await ann.close();
    });
    it('T4, CF8, CF14: delivers publications of Centrifuge and Mercure at every broker, in order and byte for byte', async () => {
      const [here, there] = await cluster.brokers.pair({ dialects: ['peerjs', 'mercure', 'centrifuge'], mercure_open: true });
      const [ann, bob, eve] = [new CentrifugeUser(here), new CentrifugeUser(there), new CentrifugeUser(there)];
      const users = [ann, bob, eve];
      await Promise.all(users.map((user) => user.connect()));
      for (const user of [bob, eve]) await user.subscribe('garden');
      for (let n = 0; n < MANY; n++) await ann.client.publish('garden', { n, bytes: [0, 255] });
      const expected = Array.from({ length: MANY }, (_, n) => ['garden', { n, bytes: [0, 255] }] as const);
      for (const user of [bob, eve]) expect(await user.waitFor(MANY)).toEqual(expected);
      const hub = `http://${here.host}:${here.port}/.well-known/mercure`;
      for (const data of ['AAr/', 'no base64', 'AQI=']) {
        await fetch(hub, { method: 'POST', body: new URLSearchParams({ topic: 'garden', data }) });
      }
      for (const user of [bob, eve]) {
        expect((await user.waitFor(MANY + 2)).slice(MANY)).toEqual([
          ['garden', [0, 10, 255]],
          ['garden', [1, 2]],
        ]);
      }
      expect(ann.received).toEqual([]);
      for (const user of users) user.close();
    });
    it('T4, T13, NA12, NA15: delivers messages of NATS at every broker, with headers and reply subjects', async () => {
      const [here, there] = await cluster.brokers.pair({ dialects: ['peerjs', 'mercure', 'nats'], mercure_open: true });
      const [ann, bob, eve] = [await NatsUser.connect(here), await NatsUser.connect(there), await NatsUser.connect(there)];
      await bob.subscribe('garden.*');
      await eve.subscribe('service');
      for (let n = 0; n < MANY; n++) ann.connection.publish('garden.a', String(n));
      expect(await bob.waitFor(MANY)).toEqual(Array.from({ length: MANY }, (_, n) => ['garden.a', String(n)]));
      const sent = headers();
      sent.append('Name', 'value');
      ann.connection.publish('garden.b', Uint8Array.of(0, 255), { headers: sent, reply: 'reply.to' });
      await bob.waitFor(MANY + 1);
      const message = bob.messages.at(-1);
      expect([message?.headers?.get('Name'), message?.reply, message?.data]).toEqual([
        'value',
        'reply.to',
        Uint8Array.of(0, 255),
      ]);
      const answer = ann.connection.request('service', 'ping', { timeout: 20_000 });
      await eve.waitFor(1);
      eve.messages[0]?.respond('pong');
      expect((await answer).string()).toBe('pong');
      const missing = ann.connection.request('nothing', '', { timeout: 1_000 }).catch(String);
      expect(await missing).toContain('timeout');
      await Promise.all([ann, bob, eve].map((user) => user.close()));
    });
    it('T4, T13, SB9, SB17: delivers broadcasts of Supabase at every broker, in order, with their events and as bytes', async () => {
      const [here, there] = await cluster.brokers.pair({
        dialects: ['peerjs', 'mercure', 'centrifuge', 'supabase'],
        mercure_open: true,
      });
      const [ann, bob] = [new SupabaseUser(here), new SupabaseUser(there)];
      const eve = await new CentrifugeUser(there).connect();
      await bob.join('garden');
      await eve.subscribe('garden');
      const channel = await ann.join('garden');
      for (let n = 0; n < MANY; n++) await broadcast(channel, `note ${n % 2}`, { n });
      const expected = Array.from({ length: MANY }, (_, n) => ['garden', `note ${n % 2}`, { n }] as const);
      expect(await bob.waitFor(MANY)).toEqual(expected);
      await broadcast(channel, 'bytes', Uint8Array.of(0, 255).buffer);
      await broadcast(channel, 'message', ['garden', [0, 255]]);
      expect(await channel.httpSend('http', { a: 1 })).toEqual({ success: true });
      expect((await bob.waitFor(MANY + 3)).slice(MANY)).toEqual([
        ['garden', 'bytes', Uint8Array.of(0, 255)],
        ['garden', 'message', ['garden', [0, 255]]],
        ['garden', 'http', { a: 1 }],
      ]);
      expect(await eve.waitFor(1)).toEqual([['garden', [0, 255]]]);
      eve.close();
      await Promise.all([ann, bob].map((user) => user.close()));
    });
    it('T4, T13, T17, MQ22: delivers publications of MQTT at every broker, with their properties, and each one retains them', async () => {
      const [here, there] = await cluster.brokers.pair({ dialects: ['peerjs', 'mqtt'] });
      const [ann, bob] = [new MqttUser(here, { protocolVersion: 5 }), new MqttUser(there, { protocolVersion: 5 })];
      await Promise.all([ann.connect(), bob.connect()]);
      await bob.subscribe('garden/#');
      const types: unknown[] = [];
      bob.client.on('message', (_topic, _payload, { properties }) => void types.push(properties?.contentType));
      for (let n = 0; n < MANY; n++) await ann.publish('garden/a', `${n}`, { qos: 1, properties: { contentType: `type ${n}` } });
      const told = await bob.waitFor(MANY);
      expect(told).toEqual(Array.from({ length: MANY }, (_, n) => ['garden/a', Buffer.from(`${n}`).toString('hex'), false]));
      expect(types).toEqual(Array.from({ length: MANY }, (_, n) => `type ${n}`));
      await ann.publish('garden/b', 'kept', { qos: 1, retain: true });
      await bob.waitFor(MANY + 1);
      for (const place of [here, there]) {
        const eve = new MqttUser(place);
        await eve.connect();
        await eve.subscribe('garden/+');
        expect(await eve.waitFor(1)).toEqual([['garden/b', Buffer.from('kept').toString('hex'), true]]);
        eve.close();
      }
      for (const user of [ann, bob]) user.close();
    });
  });
}
