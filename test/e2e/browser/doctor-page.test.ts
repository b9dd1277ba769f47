import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { accessibilityFaults } from '../../support/e2e/axe.ts';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { Coturn } from '../../support/e2e/coturn.ts';
import { LOOPBACK, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';
import { until } from '../../support/e2e/until.ts';

const SECRET = 'the-turn-secret-of-the-tests';
/** A name of the broker that is not localhost. Pages at it have no secure context. */
const NAME = 'broker.example';
/** The steps that are good on a healthy broker, each with a part of its text. */
const GOOD: readonly (readonly [string, string])[] = [
  ['D1', 'answers after'],
  ['D2', 'Signalbox'],
  ['D3', 'sees the address'],
  ['D4', 'can read the responses'],
  ['D5', 'OPEN'],
  ['D6', ''],
  ['D7', '100000 bytes'],
  ['D8', '1 s'],
  ['D9', ''],
  ['D11', 'STUN answers'],
  ['D12', 'relays'],
  ['D13', 'directly and through TURN'],
];

/** The verdicts about the speed of the machine, which other tests share. */
const SLOW = /OPEN arrives only|returns only after/;

let browser: Browser;
let coturn: Coturn;
let server: Server;
let url: string;
beforeAll(async () => {
  [browser, coturn] = await Promise.all([
    launchBrowser(`--host-resolver-rules=MAP ${NAME} ${LOOPBACK}`),
    Coturn.start([SECRET], { relaysToLoopback: true }),
  ]);
  const environment = { SIGNALBOX_TURN: `turn:${LOOPBACK}:${coturn.port}?transport=udp`, SIGNALBOX_TURN_SECRET: SECRET };
  server = await Server.start({ kind: SIGNALBOX_UWS, options: { path: '/signal', log_level: 'error' }, environment });
  url = `http://${server.host}:${server.port}/signal/doctor`;
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await coturn.stop();
});

async function opened(at: string, script?: string): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  onTestFinished(() => context.close());
  if (script !== undefined) await context.addInitScript(script);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on('request', (request) => void (new URL(request.url()).host === new URL(url).host || faults.push(request.url())));
  await page.goto(at);
  return { page, faults };
}

async function start(page: Page): Promise<void> {
  await page.getByLabel('Idle test, in seconds').fill('1');
  await page.getByRole('button', { name: 'Start' }).click();
}

describe('DOC5: the page of the doctor', () => {
  it('gives a verdict in each step for a healthy broker, and a report to copy', async () => {
    const { page, faults } = await opened(url);
    await start(page);
    await page.getByText('Some findings are doubtful.').waitFor();
    for (const [step, text] of GOOD) {
      const [state, shown] = [
        await page.locator(`#${step} h2 span`).last().textContent(),
        await page.locator(`#${step}`).innerText(),
      ];
      if (state === 'doubtful' && SLOW.test(shown)) continue;
      expect(state, shown).toBe('good');
      expect(shown).toContain(text);
    }
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^D5 {3}good {6}\S.*\n(.*\n)*D10 {2}DOUBTFUL/m);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(faults).toEqual([]);
  });

  it('names the refused key', async () => {
    const { page } = await opened(url);
    await page.getByLabel('Key').fill('wrong');
    await start(page);
    await page.locator('#D5').getByText('wrong').waitFor();
    expect(await page.locator('#D5 h2 span').last().textContent()).toBe('bad');
  });

  it('O10: names the origin of the broker itself, if cors does not list it', async () => {
    const strict = await Server.start({ kind: SIGNALBOX_UWS, options: { cors: 'https://page.example', log_level: 'error' } });
    onTestFinished(async () => void (await strict.stop()));
    const { page } = await opened(`http://${NAME}:${strict.port}/doctor`);
    await start(page);
    await page.locator('#D5').getByText(`http://${NAME}:${strict.port}`).waitFor();
    expect(await page.locator('#D5').innerText()).toContain('cors');
    expect(await page.locator('#D4').innerText()).toContain('does not accept pages of');
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    expect(JSON.parse(await page.getByLabel('Findings', { exact: true }).getByRole('textbox').inputValue())).toMatchObject({
      format: 1,
    });
  });

  it.each([
    [{ 'access-control-allow-origin': '*, *' }, '2 times'],
    [{ 'access-control-allow-origin': '' }, 'has no Access-Control-Allow-Origin'],
  ])('names CORS headers that a proxy changes: %j', async (changed, text) => {
    const { page } = await opened(url);
    await page.route('**/doctor/hello', async (route) => {
      const response = await route.fetch();
      const { 'access-control-allow-origin': _, ...headers } = response.headers();
      const [name, value] = Object.entries(changed)[0] ?? ['', ''];
      await route.fulfill({ response, headers: value === '' ? headers : { ...headers, [name]: value } });
    });
    await start(page);
    await page.locator('#D4').getByText(text).waitFor();
  });

  it('two users with one link learn the ways between them', async () => {
    const { page: ann } = await opened(url);
    await ann.getByRole('button', { name: 'Make a link for two users' }).click();
    const link = await ann.locator('#pair-link code').innerText();
    const { page: bob, faults } = await opened(link);
    for (const page of [ann, bob]) {
      await page.getByText(/Both sides exchange data: in one network.*through TURN over UDP/).waitFor();
    }
    expect(faults).toEqual([]);
  });

  it('does not listen to a third peer that knows the link', async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const frames: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
    await page.goto(`${url}#room-of-three`);
    await page.locator('#D13', { hasText: 'directly and through TURN' }).waitFor();
    const eve = await server.connectPeer('eve');
    const verdict = {
      step: 'D12',
      state: 'bad',
      verdict: 'turn-refused',
      is: 'a word of Eve',
      effect: 'a word of Eve',
      remedy: '',
    };
    const doctor = { findings: [verdict], isReply: false, ways: [{ way: 'host', isConnected: true }] };
    for (const payload of [{ doctor }, { doctor: { findings: [null] } }, { connectionId: 'host', type: 'data', sdp: {} }]) {
      eve.send({ type: 'OFFER', dst: 'doctor-room-of-three-a', payload });
    }
    await until(60_000, 'the messages of the third peer', () =>
      frames.filter((text) => text.includes(eve.id)).length === 3 ? true : undefined,
    );
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(await page.locator('#pair-findings').innerText()).toBe('');
    expect(await page.locator('#pair-state').innerText()).toBe('Waits for the other user: send the link.');
    const { page: bob } = await opened(`${url}#room-of-three`);
    for (const one of [page, bob]) await one.getByText(/Both sides exchange data: in one network/).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('a word of Eve');
  });

  it('names the side whose network swallows UDP, on both pages', { timeout: 300_000 }, async () => {
    const deaf = createSocket('udp4').bind(0, LOOPBACK);
    await once(deaf, 'listening');
    onTestFinished(() => void deaf.close());
    // The network of Bob has no direct way, and his packets to the TURN server are lost.
    const network = `const Native = RTCPeerConnection;
      globalThis.RTCPeerConnection = class extends Native {
        constructor({ iceServers = [], ...others } = {}) {
          const url = 'turn:${LOOPBACK}:${deaf.address().port}?transport=udp';
          const lost = iceServers.map((server) => ({ username: 'a', credential: 'a', ...server, urls: url }));
          super({ ...others, iceServers: lost, iceTransportPolicy: 'relay' });
        }
      };`;
    const { page: ann } = await opened(`${url}#swallowed-udp`);
    const { page: bob } = await opened(`${url}#swallowed-udp`, network);
    await ann.getByText(/^The other side fails: .*does not answer/).waitFor({ timeout: 250_000 });
    await bob.getByText(/^This side fails: .*does not answer/).waitFor();
    expect(await ann.locator('#pair-findings').innerText()).not.toContain('Both sides');
  });

  it('names the side whose browser blocks WebRTC, on both pages', async () => {
    const { page: ann } = await opened(`${url}#room-of-two`);
    const { page: bob } = await opened(`${url}#room-of-two`, 'delete globalThis.RTCPeerConnection');
    await ann.getByText('The other side fails: This browser has no WebRTC').waitFor();
    await bob.getByText('This side fails: This browser has no WebRTC').waitFor();
  });
});
