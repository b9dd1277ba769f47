import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../../../../src/domain/ids.ts';
import { SocketIoFixture } from '../../../../support/socketio-fixture.ts';

const upgrade = (sid: string): string => `EIO=4&transport=websocket&sid=${sid}`;

describe('SIO9: the upgrade from polling to a WebSocket', () => {
  it('a probe, the end of the poll, the upgrade, and the queued packets in order, all with one admission', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    const poll = stage.poll(sid);
    const client = stage.webSocket(upgrade(sid));
    expect(stage.admissions).toBe(1);
    client.send('2probe');
    expect([client.received, poll.answered?.body]).toEqual([['3probe'], '6']);
    expect(stage.poll(sid).answered?.body).toBe('6');
    stage.sendLine('receipt', 1);
    client.send('5');
    stage.sendLine('receipt', 2);
    expect(client.received.slice(1)).toEqual(['431[]', '432[]']);
    expect(stage.poll(sid).answered?.status).toBe(400);
    client.send('42["subscribe","a"]');
    expect(stage.lines.at(-1)).toBe('["subscribe","a",null]');
    client.close();
    expect([stage.admissions, stage.gateway.connections[0]?.closedCount, stage.gateway.reentrantCalls]).toEqual([0, 1, []]);
  });

  it.each([[['2']], [['5']], [['42["subscribe","a"]']], [['2probe', '2probe']], [['2probe', '3']], [[Uint8Array.of(1)]]])(
    'any other packet (%j) closes the WebSocket, and the session continues',
    async (said) => {
      const stage = new SocketIoFixture();
      const sid = await stage.openPolling();
      const client = stage.webSocket(upgrade(sid));
      for (const packet of said) client.send(packet);
      await stage.advance();
      expect([client.closed?.code, stage.admissions]).toEqual([1008, 1]);
      stage.sendLine('receipt', 1);
      expect(stage.poll(sid).answered?.body).toBe('431[]');
      stage.webSocket(upgrade(sid)).send('2probe');
      expect(stage.poll(sid).answered?.body).toBe('6');
    },
  );

  it.each([4, 3] as const)('a refusal between probe and upgrade is sent before the close, to version %j', async (protocol) => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    const sid = await stage.openPolling('', protocol);
    const client = stage.webSocket(upgrade(sid).replace('4', String(protocol)));
    client.send('2probe');
    stage.sendLine('refused', 'Not allowed');
    stage.gateway.connections[0]?.socket.close(1008, 'Not allowed');
    await stage.advance();
    client.send('5');
    await stage.advance();
    const [, refusal, ...more] = client.received;
    expect([refusal, more]).toEqual([protocol === 3 ? '44"Not allowed"' : '44{"message":"Not allowed"}', []]);
    expect([client.closed?.code, stage.admissions, stage.gateway.connections[0]?.closedCount]).toEqual([1008, 0, 1]);
    expect(stage.gateway.connections[0]?.end).toMatchObject({ by: 'broker', code: 1008 });
  });

  it('SIO8: a session that was cut off during the upgrade gets no WebSocket', async () => {
    const stage = new SocketIoFixture();
    const client = stage.webSocket(upgrade(await stage.openPolling()));
    client.send('2probe');
    stage.gateway.connections[0]?.socket.terminate();
    client.send('5');
    await stage.advance();
    expect([client.received, client.state, stage.admissions]).toEqual([['3probe'], 'closed', 0]);
  });

  it('an upgrade that takes too long is closed', async () => {
    const stage = new SocketIoFixture();
    const client = stage.webSocket(upgrade(await stage.openPolling()));
    await stage.advance(10_000);
    expect([client.closed?.code, stage.admissions]).toEqual([1008, 1]);
  });

  it('one at a time, for an open polling session of the same version', async () => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    const sid = await stage.openPolling();
    const client = stage.webSocket(upgrade(sid));
    const again = stage.webSocket(upgrade(sid));
    expect([client.state, again.refusal?.status]).toEqual(['open', 400]);
    expect(stage.webSocket(upgrade('nobody')).refusal?.body).toBe('{"code":1,"message":"Session ID unknown"}');
    expect(stage.webSocket(upgrade(sid).replace('4', '3')).refusal?.status).toBe(400);
    client.close();
    expect(stage.webSocket(upgrade(sid)).state).toBe('open');
    expect(stage.admissions).toBe(1);
  });

  it('the end of a session closes its probe', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    const client = stage.webSocket(upgrade(sid));
    stage.poll(sid).abort();
    await stage.advance();
    expect([client.state, stage.admissions]).toEqual(['closed', 0]);
  });

  it('SIO8: a pong of the WebSocket keeps the session alive', () => {
    const stage = new SocketIoFixture();
    const names: ConnectionId[] = [];
    const { innerGateway } = stage;
    const opened = innerGateway.opened.bind(innerGateway);
    innerGateway.opened = (socket, admission) => {
      names.push(opened(socket, admission));
      return names.at(-1) as ConnectionId;
    };
    stage.connect();
    for (const name of names) stage.innerGateway.controlFrame(name);
    expect(stage.gateway.connections[0]?.aliveCount).toBe(1);
  });
});
