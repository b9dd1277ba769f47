/* Runs the attacks in turn until the process is ended. A separate process with low priority. */
import { setPriority } from 'node:os';
import { ATTACKS } from './attacks.mjs';
import { RawClient } from './raw.mjs';

const port = Number(process.argv[2]);
setPriority(19);

process.on('disconnect', () => process.exit());

const attacks = Object.entries(ATTACKS);
for (let round = 0; ; round++) {
  for (const [i, [name, attack]] of attacks.entries()) {
    const localAddress = `127.0.1.${i + 1}`;
    await attack(() => new RawClient({ port, localAddress }));
    process.send?.({ round, name });
  }
}
