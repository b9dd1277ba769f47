import { describe, expect, it } from 'vitest';
import { Swarm } from '../../../../conformance/random/swarm.ts';
import type { ClientConnection } from '../../../../conformance/random/client-connection.ts';
import { startFaultyServer } from './start-faulty-server.ts';

type Wanted = Parameters<typeof startFaultyServer>[0];

async function crowded(wanted: Wanted = {}) {
  const { stage, server } = await startFaultyServer(wanted);
  const crowd = new Swarm(stage);
  const enters = (id: string, token = 'one'): Promise<ClientConnection> => crowd.connect(id, { realm: 'here', id, token });
  return { crowd, server, enters };
}

describe('lines of a crowd', () => {
  it('O3, O4: enter, or hear why they do not', async () => {
    const { crowd, enters } = await crowded();
    expect(await enters('ann')).toMatchObject({ isWelcome: true, isOver: false });
    expect(await enters('ann', 'two')).toMatchObject({ isWelcome: false, isRefused: true, isOver: true });
    expect(crowd.size).toBe(2);
  });

  it('M4, L3: have said and heard all when they are settled', async () => {
    const { crowd, enters } = await crowded();
    const [ann, bob] = [await enters('ann'), await enters('bob')];
    const n = crowd.model.recordMessage(ann, 'bob', 'OFFER');
    crowd.sendFrame(ann, { type: 'OFFER', dst: 'bob', payload: { n, of: crowd.runId } });
    await crowd.settle({ connection: ann });
    expect(crowd.model.overdue()).toBeUndefined();
    expect(crowd.slowestAnswer).toBeGreaterThan(0);
    expect(crowd.transcript.lines.filter(({ who, how }) => who === bob.name && how === 'heard')).toHaveLength(2);
  });

  it('L4: wait for an id that should be free', async () => {
    const { crowd, enters } = await crowded();
    const ann = await enters('ann');
    crowd.model.recordHangUp(ann);
    setTimeout(() => crowd.socket(ann).cut(), 20);
    expect(await enters('ann', 'two')).toMatchObject({ isWelcome: true });
  });

  it('L2: but not for ever', async () => {
    const { crowd, enters } = await crowded({ patience: 100 });
    crowd.model.recordHangUp(await enters('ann'));
    await expect(enters('ann', 'two')).rejects.toThrow('L2: ann heard ID-TAKEN, and its id is free');
  });

  it('M1: hear nothing that another crowd has sent', async () => {
    const { crowd, enters } = await crowded();
    const ann = await enters('ann');
    crowd.sendFrame(ann, { type: 'OFFER', dst: 'ann', payload: { n: 0, of: 'others' } });
    await expect(crowd.settle({ connection: ann })).rejects.toThrow('M1: ann heard what nobody here has sent to anybody');
  });

  it('M10: do not hear themselves where the server is deaf, even if it closes them for their silence', async () => {
    for (const set of [{}, { alive_timeout: 300 }]) {
      const { crowd, enters } = await crowded({
        fault: 'goes deaf after bad JSON',
        patience: set.alive_timeout === undefined ? 200 : 5_000,
        set,
      });
      const ann = await enters('ann');
      crowd.model.recordMalformed(ann);
      crowd.socket(ann).send('{');
      const settling = crowd.settle({ connection: ann, ignoredRule: 'M10' });
      await expect(settling).rejects.toThrow('M10: ann sends a message to itself, and does not hear it');
    }
  });

  it('L3: are missed where they get no pong', async () => {
    const { crowd, enters } = await crowded({ fault: 'answers no ping', patience: 200 });
    await enters('ann');
    await expect(crowd.settle()).rejects.toThrow('L3: ann gets no answer to a WebSocket ping');
  });

  it('L1: depart when the server closes them', async () => {
    const { crowd, enters } = await crowded({ set: { alive_timeout: 100 } });
    const ann = await enters('ann');
    await crowd.waitUntil(() => crowd.closedByServer.length > 0);
    expect(crowd.closedByServer).toEqual([ann]);
  });

  it('can not be where there is no server', async () => {
    const { server, enters } = await crowded();
    server.stop();
    await expect(enters('ann')).rejects.toMatchObject({ name: 'NoSocket', isDangerous: true });
  });

  it('M7: have left when they are closed, or when the server has read it', async () => {
    for (const fault of [undefined, 'keeps who has left'] as const) {
      const { crowd, enters } = await crowded({ fault, expect: 'compatible' });
      const ann = await enters('ann');
      crowd.model.recordLeave(ann);
      crowd.socket(ann).send('{"type":"LEAVE"}');
      await crowd.waitForLeave(ann);
      expect(ann.isClosed).toBe(fault === undefined);
      expect(await enters('ann', 'two')).toMatchObject({ isWelcome: true });
    }
  });

  it('are all cut in the end, guests too', async () => {
    const { crowd } = await crowded();
    const guest = await crowd.connectUntracked('guest', { realm: 'here', id: 'guest', token: 'one' });
    expect(crowd.model.ownerOf(guest)).toBeUndefined();
    crowd.close();
    await crowd.waitForClose(guest);
    expect(crowd.socket(guest).isOpen).toBe(false);
  });
});
