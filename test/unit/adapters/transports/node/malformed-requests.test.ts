import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { respondToMalformed } from '../../../../../src/adapters/transports/node/malformed-requests.ts';
import { RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';

async function answerTo(bytes: string): Promise<{ answer: string; gateway: RecordingGateway }> {
  const gateway = new RecordingGateway();
  const server = createServer({ maxHeaderSize: 1_024 }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  server.on('clientError', respondToMalformed(gateway, { maxHeaderBytes: 1_024 }));
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => (answer += text));
  socket.write(bytes);
  await once(socket, 'close');
  return { answer, gateway };
}

it('H11: a header section beyond the limit is answered with 431, and reported', async () => {
  const { answer, gateway } = await answerTo(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(5_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(gateway.refusals).toMatchObject([{ status: 431 }]);
});

it('malformed HTTP is answered with 400, and reported', async () => {
  const { answer, gateway } = await answerTo('hello\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(gateway.refusals).toMatchObject([{ status: 400 }]);
});
