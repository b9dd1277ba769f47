import { expect, it } from 'vitest';
import { startServer, wordsOf } from '../../../../src/composition/bench-command/started-server.ts';

const LISTENER = `"${process.execPath}" -e "require('node:net').createServer().listen({port}, '127.0.0.1')"`;

it('a text in quotes is one word', () => {
  expect(wordsOf(`node "a b" 'c "d"'  --port {port}`)).toEqual(['node', 'a b', 'c "d"', '--port', '{port}']);
});

it('starts a server on a free port, and ends it', async () => {
  const server = await startServer(LISTENER);
  expect(server.port).toBeGreaterThan(1023);
  await server.stop();
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
});

it.each([
  [`"${process.execPath}" -e "console.error('no licence'); process.exit(3)" {port}`, /it ended with 3 no licence/],
  ['/nowhere/at-all {port}', /ENOENT/],
])('fails with the reason: %s', async (command, reason) => {
  await expect(startServer(command)).rejects.toThrow(reason);
});
