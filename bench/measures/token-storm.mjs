/* All peers lose the network at once and reconnect with their JSON Web Tokens. */
import { cpuNanoseconds } from '../generator/cpu.mjs';
import { trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const OPEN = 'signalbox-uws';
const WITH_TOKENS = 'signalbox-uws-tokens';
const PEERS = { full: 10_000, quick: 1_000 };

const compared = (rest) => figure({ references: [OPEN], goalSubject: WITH_TOKENS, ...rest });

export const tokenStorm = {
  name: 'token-storm',
  title: 'the storm of 10,000 peers (--quick: 1,000), without authentication and with tokens (HS256) that were verified before',
  subjects: [OPEN, WITH_TOKENS],
  drivesServers: true,
  rounds: { full: 3, quick: 1 },
  figures: [
    compared({
      name: 'took',
      title: 'until all are registered and have their messages',
      unit: 'ms',
      digits: 0,
      goals: { [OPEN]: 1.5 },
    }),
    compared({ name: 'cpu', title: 'server CPU for all of it', unit: 'ms', digits: 0, goals: { [OPEN]: 1.5 } }),
    compared({ name: 'turn', title: 'longest turn of the event loop, in CPU time', unit: 'ms', digits: 1, most: 50 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(
      subject,
      async ({ server, generator }) => {
        const { port, pid, hasMailboxes } = server;
        const hasTokens = subject === WITH_TOKENS;
        await generator.play('assemble', { port, count: isQuick ? PEERS.quick : PEERS.full, hasTokens });
        await server.longestTurn();
        const before = cpuNanoseconds(pid);
        const { tookMs } = await generator.play('storm', { port, hasMailboxes });
        const cpu = (cpuNanoseconds(pid) - before) / 1e6;
        return { values: { took: tookMs, cpu, turn: await server.longestTurn() }, busy: { generator: generator.cores } };
      },
      { isWatched: true },
    ),
};
