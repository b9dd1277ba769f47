/*
 * Runs the attacks in turn until the process is ended. A separate process with low priority. Reports the start of each attack and
 * the end of each round. An attack that takes too long on a busy machine is cut, so that a round ends in about two minutes.
 */
import { clearTimeout, setTimeout } from 'node:timers';
import { ATTACKS } from './attacks.mjs';
import { RawClient } from './raw.mjs';
import { WIRE_ATTACKS } from './wire-attacks.mjs';

const ATTACK_MS = 7_000;
const port = Number(process.argv[2]);

process.on('disconnect', () => process.exit());

async function run(attack, localAddress) {
  const clients = [];
  let isOver = false;
  const connect = () => {
    const client = new RawClient({ port, localAddress });
    if (isOver) client.cut();
    clients.push(client);
    return client;
  };
  const timer = setTimeout(() => {
    isOver = true;
    for (const client of clients) client.cut();
  }, ATTACK_MS);
  await attack(connect);
  clearTimeout(timer);
  for (const client of clients) client.cut();
  return isOver;
}

for (;;) {
  const cut = [];
  for (const [i, [name, attack]] of Object.entries({ ...ATTACKS, ...WIRE_ATTACKS }).entries()) {
    process.send?.({ name });
    if (await run(attack, `127.0.1.${i + 1}`)) cut.push(name);
  }
  process.send?.({ cut });
}
