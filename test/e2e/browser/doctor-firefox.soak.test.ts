import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Coturn } from '../../support/e2e/coturn.ts';
import { FirefoxPage } from '../../support/e2e/firefox-page.ts';
import { LOOPBACK, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

const SECRET = 'the-turn-secret-of-the-tests';
/** The state of each step. A verdict about the speed of the machine, which other tests share, counts as good. */
const STEPS = `JSON.stringify(Object.fromEntries([...document.querySelectorAll('#steps > li')].map((step) =>
  [step.id, /OPEN arrives only|returns only after/.test(step.textContent) ? 'good' : step.querySelector('h2').lastElementChild.textContent])))`;

let coturn: Coturn;
let server: Server;
beforeAll(async () => {
  coturn = await Coturn.start([SECRET], { relaysToLoopback: true });
  const environment = { SIGNALBOX_TURN: `turn:${LOOPBACK}:${coturn.port}?transport=udp`, SIGNALBOX_TURN_SECRET: SECRET };
  server = await Server.start({ kind: SIGNALBOX_UWS, options: { log_level: 'error' }, environment });
});
afterAll(async () => {
  await server.stop();
  await coturn.stop();
});

it('DOC5: the page of the doctor has the same verdicts in Firefox', { timeout: 300_000 }, async () => {
  const page = await FirefoxPage.open(`http://${LOOPBACK}:${server.port}/doctor`);
  onTestFinished(() => page.close());
  await page.evaluate(`document.querySelector('[name=idle]').value = '1'; document.getElementById('start').click()`);
  await page.waitFor(`document.getElementById('summary').textContent`);
  expect(JSON.parse(String(await page.evaluate(STEPS))), String(await page.evaluate('document.body.innerText'))).toEqual({
    ...{ D1: 'good', D2: 'good', D3: 'good', D4: 'good', D5: 'good', D6: 'good', D7: 'good', D8: 'good', D9: 'good' },
    // The relay of the test has no TLS.
    ...{ D10: 'doubtful', D11: 'good', D12: 'good', D13: 'good' },
  });
});
