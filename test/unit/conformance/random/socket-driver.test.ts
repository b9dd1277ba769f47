import { describe, expect, it } from 'vitest';
import { SocketDriver } from '../../../../conformance/random/socket-driver.ts';
import { actionFor, type Step } from '../../../../conformance/random/steps.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ANN = { realm: 0, who: 'ann' };
const ENTER: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
];

/** Executes steps. @returns the ids of the present peers */
async function after(steps: readonly Step[], wanted: Parameters<typeof startFaultyServer>[0] = {}): Promise<string[]> {
  const driver = new SocketDriver((await startFaultyServer(wanted)).context);
  try {
    for (const step of steps) await actionFor(step, driver)?.run();
    await driver.finish();
    return driver.activePeers().map(({ id }) => id);
  } finally {
    driver.close();
  }
}

describe('the socket driver', () => {
  it.each<Step>([
    { do: 'reconnect', ...ANN },
    { do: 'takeover', ...ANN },
    { do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' },
    { do: 'relay', ...ANN, kind: 'LEAVE', to: 'absent' },
    { do: 'flood', ...ANN, to: 'eve', count: 50 },
    { do: 'from-all', realm: 0, to: 'bob' },
    { do: 'heartbeat', ...ANN },
    { do: 'malformed', ...ANN, frame: 'invalid UTF-8 bytes', times: 2 },
    { do: 'ignored', ...ANN, frame: 'an OPEN' },
    { do: 'wait', ms: 10 },
  ])('%j keeps both peers connected', async (step) => {
    expect((await after([...ENTER, step])).sort()).toEqual(['ann', 'bob']);
  });

  it.each<Step>([
    { do: 'leave', ...ANN },
    { do: 'close', ...ANN },
    { do: 'cut', ...ANN },
    { do: 'malformed', ...ANN, frame: 'an empty frame', times: 43 },
  ])('%j disconnects one peer and frees its id', async (step) => {
    expect(await after([...ENTER, step])).toEqual(['bob']);
  });

  it('L1, M14: waits for near timeouts before a step and at the end', async () => {
    const set = { expire_timeout: 300, alive_timeout: 400 };
    const sends: Step = { do: 'relay', ...ANN, kind: 'OFFER', to: 'eve' };
    expect(await after([...ENTER, sends, { do: 'wait', ms: 200 }, sends], { set })).toEqual([]);
  });

  it('M10: sends malformed frames from a guest if the server ignores the socket afterwards', async () => {
    const malformed: Step = { do: 'malformed', ...ANN, frame: 'an empty frame', times: 1 };
    const wanted = { fault: 'ignores a socket after bad JSON', expect: 'peer' } as const;
    expect(await after([...ENTER, malformed, { do: 'heartbeat', ...ANN }], wanted)).toEqual(['ann', 'bob']);
    expect(await after([...ENTER, malformed], { ...wanted, set: { concurrent_limit: 3 } })).toEqual(['ann', 'bob']);
  });

  it('records the steps and the frames in the transcript', async () => {
    const driver = new SocketDriver((await startFaultyServer()).context);
    driver.announce('1. ann connects');
    await driver.connect({ realm: 0, id: 'ann' }, 'one');
    driver.close();
    expect(driver.transcript[0]).toMatchObject({ who: 'suite', how: 'noted', what: '1. ann connects' });
    expect(driver.transcript).toContainEqual(expect.objectContaining({ how: 'heard', what: '{"type":"OPEN"}' }));
    expect(driver.slowestAnswer).toBeGreaterThan(0);
  });
});
