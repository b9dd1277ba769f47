import { describe, expect, it } from 'vitest';
import { SocketDriver } from '../../../../conformance/random/socket-driver.ts';
import { actionFor, type Step } from '../../../../conformance/random/steps.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ANN = { realm: 0, who: 'ann' };
const ENTER: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
];

/** Does steps, and says who is in then. */
async function after(steps: readonly Step[], wanted: Parameters<typeof startFaultyServer>[0] = {}): Promise<string[]> {
  const world = new SocketDriver((await startFaultyServer(wanted)).stage);
  try {
    for (const step of steps) await actionFor(step, world)?.run();
    await world.finish();
    return world.activePeers().map(({ id }) => id);
  } finally {
    world.close();
  }
}

describe('a world over sockets', () => {
  it.each<Step>([
    { do: 'reconnect', ...ANN },
    { do: 'takeover', ...ANN },
    { do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' },
    { do: 'relay', ...ANN, kind: 'LEAVE', to: 'nobody' },
    { do: 'flood', ...ANN, to: 'eve', count: 50 },
    { do: 'from-all', realm: 0, to: 'bob' },
    { do: 'heartbeat', ...ANN },
    { do: 'malformed', ...ANN, frame: 'bytes that are no text', times: 2 },
    { do: 'ignored', ...ANN, frame: 'an OPEN' },
    { do: 'wait', ms: 10 },
  ])('%j leaves both in', async (step) => {
    expect((await after([...ENTER, step])).sort()).toEqual(['ann', 'bob']);
  });

  it.each<Step>([
    { do: 'leave', ...ANN },
    { do: 'close', ...ANN },
    { do: 'cut', ...ANN },
    { do: 'malformed', ...ANN, frame: 'nothing', times: 43 },
  ])('%j takes one out, and its id is free', async (step) => {
    expect(await after([...ENTER, step])).toEqual(['bob']);
  });

  it('L1, M14: waits for what is near before anybody acts, and in the end', async () => {
    const set = { expire_timeout: 300, alive_timeout: 400 };
    const sends: Step = { do: 'relay', ...ANN, kind: 'OFFER', to: 'eve' };
    expect(await after([...ENTER, sends, { do: 'wait', ms: 200 }, sends], { set })).toEqual([]);
  });

  it('M10: lets a guest stumble where that deafens', async () => {
    const stumble: Step = { do: 'malformed', ...ANN, frame: 'nothing', times: 1 };
    const wanted = { fault: 'goes deaf after bad JSON', expect: 'peer' } as const;
    expect(await after([...ENTER, stumble, { do: 'heartbeat', ...ANN }], wanted)).toEqual(['ann', 'bob']);
    expect(await after([...ENTER, stumble], { ...wanted, set: { concurrent_limit: 3 } })).toEqual(['ann', 'bob']);
  });

  it('writes down what was said, and what is done next', async () => {
    const world = new SocketDriver((await startFaultyServer()).stage);
    world.announce('1. ann connects');
    await world.connect({ realm: 0, id: 'ann' }, 'one');
    world.close();
    expect(world.transcript[0]).toMatchObject({ who: 'suite', how: 'noted', what: '1. ann connects' });
    expect(world.transcript).toContainEqual(expect.objectContaining({ how: 'heard', what: '{"type":"OPEN"}' }));
    expect(world.slowestAnswer).toBeGreaterThan(0);
  });
});
