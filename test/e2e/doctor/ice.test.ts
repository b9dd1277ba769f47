import { createHmac } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Coturn } from '../../support/e2e/coturn.ts';
import { runDoctor, type DoctorRun } from '../../support/e2e/doctor.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { allocate } from '../../support/e2e/stun-client.ts';

/* Each mistake of a STUN or TURN server is planted, and the doctor gives exactly its verdict. */

const SECRET = 'secret-of-broker-and-relay';
const TLS = join(ROOT, 'test/support/tls');
/** No server of this file has TLS on port 443. */
const AUTH_KEY = 'a secret of thirty-two characters';
const NO_TLS = 'D10 doubtful ice-no-tls';
/** For servers that do not answer. */
const IMPATIENT = ['--timeout', '8000'];
const BINDING_SUCCESS = 0x0101;

const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Runs the doctor against a broker with these ICE options. */
async function diagnose(options: ServerOptions, flags: readonly string[] = []): Promise<DoctorRun> {
  const server = await Server.start({ kind: SIGNALBOX_UWS, options: { log_level: 'error', ...options } });
  const run = await runDoctor(`http://${LOOPBACK}:${server.port}/`, flags);
  await server.stop();
  return run;
}

async function coturn(options: Parameters<typeof Coturn.start>[1] = {}, secret = SECRET): Promise<Coturn> {
  const started = await Coturn.start([secret], options);
  stops.push(() => started.stop());
  return started;
}

/** A UDP socket that answers each request by a function, or not at all. */
async function udpServer(answer: (request: Buffer) => Buffer | undefined): Promise<number> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (request, { port, address }) => {
    const response = answer(request);
    if (response !== undefined) socket.send(response, port, address);
  });
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  stops.push(() => socket.close());
  return socket.address().port;
}

/** The response of a STUN server that reports an address of its choice. */
function mapped(request: Buffer, octets: readonly number[], port = 4660): Buffer {
  const cookie = [0x21, 0x12, 0xa4, 0x42];
  const value = [0, 1, 0x21 ^ (port >> 8), 0x12 ^ (port & 255), ...octets.map((octet, place) => octet ^ (cookie[place] ?? 0))];
  const header = Buffer.from(request.subarray(0, 20));
  header.writeUInt16BE(BINDING_SUCCESS, 0);
  header.writeUInt16BE(4 + value.length, 2);
  return Buffer.concat([header, Buffer.from([0, 0x20, 0, value.length, ...value])]);
}

const turnUrl = (port: number, transport = 'udp'): string => `turn:${LOOPBACK}:${port}?transport=${transport}`;

describe('signalbox doctor and coturn', () => {
  it.concurrent('no mistake: UDP and TCP relay, and two peers meet over the relay', async () => {
    const { port } = await coturn({ relaysToLoopback: true });
    const { faults, findings } = await diagnose({ turn: [turnUrl(port), turnUrl(port, 'tcp')], turn_secret: SECRET });
    expect(faults).toEqual([NO_TLS]);
    expect(findings.filter(({ step }) => step === 'D12').map(({ verdict }) => verdict)).toEqual(['turn-relays', 'turn-relays']);
    expect(findings.find(({ step }) => step === 'D13')?.is).toContain('directly and through TURN');
  });

  it.concurrent('a wrong secret', async () => {
    const { port } = await coturn({}, 'another-secret-of-the-relay');
    const { code, faults } = await diagnose({ turn: turnUrl(port, 'tcp'), turn_secret: SECRET });
    expect([code, faults]).toEqual([2, [NO_TLS, 'D12 bad turn-unauthorized']]);
  });

  it.concurrent('an expired credential', async () => {
    const { port } = await coturn();
    const user = '1000000000:ann';
    const password = createHmac('sha1', SECRET).update(user).digest('base64');
    const { faults } = await diagnose({ turn: turnUrl(port, 'tcp'), turn_user: user, turn_password: password });
    expect(faults).toEqual(['D10 bad ice-expired', NO_TLS, 'D12 bad turn-expired']);
  });

  it.concurrent('closed ports', async () => {
    const port = await freePort();
    const { faults } = await diagnose({ turn: [turnUrl(port), turnUrl(port, 'tcp')], turn_secret: SECRET }, IMPATIENT);
    expect(faults).toEqual([
      ...[NO_TLS, 'D11 bad udp-silent', 'D12 bad turn-refused', 'D12 bad turn-refused'],
      'D13 bad relay-fails',
    ]);
  });

  it.concurrent('TCP only: the closed UDP port is doubtful, because TCP relays', async () => {
    const { port } = await coturn({ relaysToLoopback: true, lines: ['no-udp'] });
    const options = { turn: [turnUrl(port), turnUrl(port, 'tcp')], turn_secret: SECRET };
    const { faults, findings } = await diagnose(options, IMPATIENT);
    expect(faults).toEqual([NO_TLS, 'D11 bad udp-silent', 'D12 doubtful turn-refused', 'D13 bad relay-fails']);
    expect(findings.filter(({ verdict }) => verdict === 'turn-relays').length).toBe(1);
  });

  it.concurrent('a quota that is used up', async () => {
    const { port } = await coturn({ relaysToLoopback: true, lines: ['total-quota=1'] });
    const username = `${Math.floor(Date.now() / 1000) + 600}:ann`;
    const credential = createHmac('sha1', SECRET).update(username).digest('base64');
    expect(await allocate(port, { username, credential })).toBe(200);
    const { faults } = await diagnose({ turn: turnUrl(port, 'tcp'), turn_secret: SECRET });
    expect(faults).toEqual([NO_TLS, 'D12 bad turn-quota']);
  });

  it.concurrent('a relay address that is denied', async () => {
    const { port } = await coturn();
    const { faults } = await diagnose({ turn: turnUrl(port), turn_secret: SECRET }, IMPATIENT);
    expect(faults).toEqual([NO_TLS, 'D12 bad relay-denied', 'D13 bad relay-fails']);
  });
});

describe('signalbox doctor and other servers', () => {
  it.concurrent('a UDP port that swallows', async () => {
    const port = await udpServer(() => undefined);
    const { faults } = await diagnose({ turn: turnUrl(port), turn_secret: SECRET }, IMPATIENT);
    expect(faults).toEqual([NO_TLS, 'D11 bad udp-silent', 'D12 bad turn-silent', 'D13 bad relay-fails']);
  });

  it.concurrent('a TCP port that swallows', async () => {
    const server: TcpServer = createServer(() => undefined).listen(0, LOOPBACK);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { faults } = await diagnose({ turn: turnUrl(port, 'tcp'), turn_secret: SECRET }, IMPATIENT);
    server.close();
    expect(faults).toEqual([NO_TLS, 'D12 bad turn-silent']);
  });

  it.concurrent('a STUN server that lies', async () => {
    const port = await udpServer((request) => mapped(request, [0, 0, 0, 0]));
    const { faults } = await diagnose({ stun: `stun:${LOOPBACK}:${port}` });
    expect(faults).toEqual(['D10 doubtful ice-no-turn', 'D11 bad stun-lies']);
  });

  it.concurrent('two STUN servers that contradict each other', async () => {
    const ports = [
      await udpServer((request) => mapped(request, [8, 8, 8, 8])),
      await udpServer((request) => mapped(request, [9, 9, 9, 9])),
    ];
    const { faults } = await diagnose({ stun: ports.map((port) => `stun:${LOOPBACK}:${port}`) });
    expect(faults).toEqual(['D10 doubtful ice-no-turn', 'D11 doubtful stun-contradicts']);
  });

  it.concurrent('one of two STUN servers is silent', async () => {
    const ports = [await udpServer(() => undefined), await udpServer((request) => mapped(request, [8, 8, 8, 8]))];
    const { faults } = await diagnose({ stun: ports.map((port) => `stun:${LOOPBACK}:${port}`) }, IMPATIENT);
    expect(faults).toEqual(['D10 doubtful ice-no-turn', 'D11 doubtful stun-silent']);
  });

  it.concurrent('a name without an address', async () => {
    const { faults } = await diagnose({ stun: 'stun:no-such-host.invalid:3478' });
    expect(faults).toEqual(['D10 doubtful ice-no-turn', 'D11 bad stun-name-unknown']);
  });

  it.concurrent('two STUN servers that see different ports, and an address of the provider', async () => {
    const ports = [
      await udpServer((request) => mapped(request, [100, 64, 1, 1], 4_000)),
      await udpServer((request) => mapped(request, [100, 64, 1, 1], 4_001)),
    ];
    const { faults } = await diagnose({ stun: ports.map((port) => `stun:${LOOPBACK}:${port}`) });
    expect(faults).toEqual([...['D10 doubtful ice-no-turn', 'D11 doubtful nat-carrier', 'D11 doubtful nat-symmetric']]);
  });

  it.concurrent('turns: with a certificate that is not trusted', async () => {
    const server = createTlsServer(
      { cert: readFileSync(join(TLS, 'localhost.crt')), key: readFileSync(join(TLS, 'localhost.key')) },
      (socket) => socket.on('error', () => undefined),
    );
    server.on('tlsClientError', () => undefined).listen(0, LOOPBACK);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { faults } = await diagnose({ turn: `turns:${LOOPBACK}:${port}`, turn_secret: SECRET });
    server.close();
    expect(faults).toEqual([NO_TLS, 'D12 bad turn-certificate']);
  });

  it.concurrent('a token without the right to ICE servers', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256' })}.${part({ sub: 'ann', exp, signalbox: { ice: false } })}`;
    const token = `${text}.${createHmac('sha256', AUTH_KEY).update(text).digest('base64url')}`;
    const { code, faults } = await diagnose({ stun: 'stun:127.0.0.1:9', auth: 'required', auth_key: AUTH_KEY }, [
      '--token',
      token,
    ]);
    expect([code, faults]).toEqual([2, ['D10 bad ice-refused']]);
  });

  it.concurrent('a TURN server whose name has no address', async () => {
    const { faults } = await diagnose({ turn: 'turn:no-such-host.invalid:3478?transport=tcp', turn_secret: SECRET });
    expect(faults).toEqual([NO_TLS, 'D12 bad turn-name-unknown']);
  });
});
