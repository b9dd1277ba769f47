import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Coturn } from '../../support/e2e/coturn.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { until } from '../../support/e2e/until.ts';
import { PROGRAMS, RunningPeer } from './programs.ts';
import { stage } from './stage.ts';
import { tokenFile } from './token-file.ts';

const { broker, peer, tab } = stage();

const DATA = {
  json: ['hello', { number: -1.5, list: [1, null, true], text: 'größer 🎈' }],
  raw: ['hello', { bytes: 5_000 }],
  binary: [
    ...['hello', 'ü'.repeat(70_000), true, [], {}, [1, 200, 70_000, 2 ** 40, -1, -200, -70_000, 1.5, -0.1]],
    ...[{ text: '🎈', none: null, deep: [{ bytes: 3 }, { bytes: 300 }] }, { bytes: 100_000 }],
  ],
};
const SECRET = 'the-secret-of-the-coturn-in-the-tests';
const TIMEOUT_MS = 60_000;

describe.each(PROGRAMS)('$name and a page with the PeerJS client', (program) => {
  const stops: (() => Promise<unknown>)[] = [];
  let at: Server;
  let echo: RunningPeer;

  beforeAll(async () => {
    const coturn = await Coturn.start([SECRET]);
    stops.push(() => coturn.stop());
    const options = { turn: `turn:127.0.0.1:${coturn.port}?transport=udp`, turn_secret: SECRET };
    at = await Server.start({ kind: SIGNALBOX_NODE, options });
    stops.push(() => at.stop());
    echo = RunningPeer.start(program, at, { id: uniqueName('echo') });
    stops.push(() => echo.stop());
    await echo.waitForLine(/^ICE servers: turn:/);
  });
  afterAll(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  it.each(Object.entries(DATA))('data with the serialization %s returns unchanged', async (serialization, values) => {
    const page = await tab(at);
    expect(await page.call('exchange', { id: echo.id, serialization, values })).toEqual(values);
  });

  it('audio and video return to the page', async () => {
    const page = await tab(at);
    await page.call('call', echo.id);
    expect(await page.waitForEvent('plays')).toMatch(/^[1-9]\d+x[1-9]\d+$/);
  });

  it('I2: its connections use the TURN server of the broker', async () => {
    const page = await tab(at);
    await page.call('exchange', { id: echo.id, serialization: 'json', values: ['hello'] });
    await until(TIMEOUT_MS, 'a candidate of the TURN server', async () => {
      const types = await page.call('remoteCandidates');
      return String(types).includes('relay') || undefined;
    });
  });

  it('malformed messages of other peers have no effect on it', async () => {
    const page = await tab(at);
    await sendMalformed(at, echo.id);
    await page.call('connect', echo.id);
    await page.waitForEvent('connected');
    await page.call('sendMalformed');
    expect(await page.call('exchange', { id: echo.id, serialization: 'json', values: ['hello'] })).toEqual(['hello']);
    expect(echo.isRunning).toBe(true);
  });

  it('O5: after a restart of the broker it reconnects with a fresh token, and open connections continue', async () => {
    const before = await broker();
    const token = tokenFile('first');
    const [own, page] = [peer(program, before, { token_command: `cat "${token.path}"` }), await tab(before)];
    await own.waitUntilOpen();
    await page.call('connect', own.id);
    await page.waitForEvent('connected');
    token.write('second');
    await before.stop();
    await page.waitForEvent('disconnected');
    await page.call('send', 'hello');
    expect(await page.waitForEvent('received')).toBe(`${own.id}: hello`);

    const after = await broker({}, before.port);
    await own.waitUntilOpen(2);
    const other = await tab(after);
    expect(await other.call('exchange', { id: own.id, serialization: 'json', values: ['hello'] })).toEqual(['hello']);
    expect(await (await after.connect({ id: own.id, token: 'first' })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await after.connectPeer('the same token', { id: own.id, token: 'second' });
  });

  it('L2: it ends with code 0 after SIGTERM, and its id is free', async () => {
    const own = peer(program, at, { token_file: tokenFile('own').path });
    await own.waitUntilOpen();
    const page = await tab(at);
    await page.call('exchange', { id: own.id, serialization: 'json', values: ['hello'] });
    expect(await own.end()).toEqual({ code: 0, signal: null });
    await at.connectPeerWhenFree('another', { id: own.id, token: uniqueName('another') });
  });
});

/** Sends messages of each type with payloads that no client sends. */
async function sendMalformed(at: Server, dst: string): Promise<void> {
  const attacker = await at.connectPeer('attacker');
  const named = { connectionId: 'c', type: 'data', serialization: 'binary' };
  const described = { ...named, sdp: { type: 'offer', sdp: 'v=0' } };
  const candidates = [
    { ...named, candidate: { candidate: 'candidate:' } },
    { connectionId: 'early', candidate: 1 },
  ];
  for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
    for (const payload of [null, 1, [], {}, named, described, { ...described, connectionId: [] }, ...candidates]) {
      attacker.send({ type, dst, payload });
    }
  }
  await attacker.close();
}
