import { describe, expect, it } from 'vitest';
import { Swarm } from '../../../../conformance/random/swarm.ts';
import type { ClientConnection } from '../../../../conformance/random/client-connection.ts';
import { startFaultyServer } from './start-faulty-server.ts';

type ServerOptions = Parameters<typeof startFaultyServer>[0];

async function startSwarm(wanted: ServerOptions = {}) {
  const { context, server } = await startFaultyServer(wanted);
  const swarm = new Swarm(context);
  const connect = (id: string, token = 'one'): Promise<ClientConnection> => swarm.connect(id, { realm: 'here', id, token });
  return { swarm, server, connect };
}

describe('a swarm', () => {
  it('O3, O4: waits until a connection is admitted or refused', async () => {
    const { swarm, connect } = await startSwarm();
    expect(await connect('ann')).toMatchObject({ gotOpen: true, isClosed: false });
    expect(await connect('ann', 'two')).toMatchObject({ gotOpen: false, gotRefusal: true, isClosed: true });
    expect(swarm.size).toBe(2);
  });

  it('M4, L3: waits until all frames are read and answered', async () => {
    const { swarm, connect } = await startSwarm();
    const [ann, bob] = [await connect('ann'), await connect('bob')];
    const n = swarm.model.recordMessage(ann, 'bob', 'OFFER');
    swarm.sendFrame(ann, { type: 'OFFER', dst: 'bob', payload: { n, of: swarm.runId } });
    await swarm.settle({ connection: ann });
    expect(swarm.model.overdue()).toBeUndefined();
    expect(swarm.slowestAnswer).toBeGreaterThan(0);
    expect(swarm.transcript.lines.filter(({ who, how }) => who === bob.name && how === 'heard')).toHaveLength(2);
  });

  it('L4: retries until an id is free', async () => {
    const { swarm, connect } = await startSwarm();
    const ann = await connect('ann');
    swarm.model.recordHangUp(ann);
    setTimeout(() => swarm.socket(ann).cut(), 20);
    expect(await connect('ann', 'two')).toMatchObject({ gotOpen: true });
  });

  it('L2: fails if the id stays taken', async () => {
    const { swarm, connect } = await startSwarm({ patience: 100 });
    swarm.model.recordHangUp(await connect('ann'));
    await expect(connect('ann', 'two')).rejects.toThrow('L2: ann received ID-TAKEN, although its id is free');
  });

  it('M1: receives no message of another run', async () => {
    const { swarm, connect } = await startSwarm();
    const ann = await connect('ann');
    swarm.sendFrame(ann, { type: 'OFFER', dst: 'ann', payload: { n: 0, of: 'others' } });
    await expect(swarm.settle({ connection: ann })).rejects.toThrow('M1: ann received a message that no peer of this run sent');
  });

  it('M10: detects a socket that the server ignores, even if the server closes it for a liveness timeout', async () => {
    for (const set of [{}, { alive_timeout: 300 }]) {
      const { swarm, connect } = await startSwarm({
        fault: 'ignores a socket after bad JSON',
        patience: set.alive_timeout === undefined ? 200 : 5_000,
        set,
      });
      const ann = await connect('ann');
      swarm.model.recordMalformed(ann);
      swarm.socket(ann).send('{');
      const settling = swarm.settle({ connection: ann, ignoredRule: 'M10' });
      await expect(settling).rejects.toThrow('M10: ann sent a message to itself, but did not receive it');
    }
  });

  it('L3: detects a missing pong', async () => {
    const { swarm, connect } = await startSwarm({ fault: 'answers no ping', patience: 200 });
    await connect('ann');
    await expect(swarm.settle()).rejects.toThrow('L3: ann received no pong');
  });

  it('L1: lists connections closed by the server', async () => {
    const { swarm, connect } = await startSwarm({ set: { alive_timeout: 100 } });
    const ann = await connect('ann');
    await swarm.waitUntil(() => swarm.closedByServer.length > 0);
    expect(swarm.closedByServer).toEqual([ann]);
  });

  it('fails if the server is unreachable', async () => {
    const { server, connect } = await startSwarm();
    server.stop();
    await expect(connect('ann')).rejects.toMatchObject({ name: 'NoSocket', isDangerous: true });
  });

  it('M7: waits until the server has read LEAVE, with or without a close', async () => {
    for (const fault of [undefined, 'keeps the socket open after LEAVE'] as const) {
      const { swarm, connect } = await startSwarm({ fault, expect: 'compatible' });
      const ann = await connect('ann');
      swarm.model.recordLeave(ann);
      swarm.socket(ann).send('{"type":"LEAVE"}');
      await swarm.waitForLeave(ann);
      expect(ann.isClosed).toBe(fault === undefined);
      expect(await connect('ann', 'two')).toMatchObject({ gotOpen: true });
    }
  });

  it('destroys all connections at the end, including guests', async () => {
    const { swarm } = await startSwarm();
    const guest = await swarm.connectUntracked('guest', { realm: 'here', id: 'guest', token: 'one' });
    expect(swarm.model.ownerOf(guest)).toBeUndefined();
    swarm.close();
    await swarm.waitForClose(guest);
    expect(swarm.socket(guest).isOpen).toBe(false);
  });
});
