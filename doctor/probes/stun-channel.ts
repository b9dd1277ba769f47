import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { decodeResponse, messageLength, type StunRequest, type StunResponse } from '../stun/message.ts';
import type { IceUrl } from '../target.ts';
import { settled } from './timing.ts';

/** A connection to a STUN or TURN server over one transport. */
export interface StunChannel {
  /** @throws an error with a code; `ETIMEDOUT` without a response. */
  ask(request: StunRequest): Promise<StunResponse>;
  close(): void;
}

/** UDP may lose a request: it is sent again after these intervals. */
const RESEND_MS = 250;

export async function openChannel(server: Pick<IceUrl, 'host' | 'port' | 'transport'>, timeout: number): Promise<StunChannel> {
  return server.transport === 'udp' ? openUdp(server, timeout) : openStream(server, timeout);
}

/** The first address of a name. @throws with a code such as ENOTFOUND. */
export async function addressOf(host: string, timeout: number): Promise<{ address: string; family: number }> {
  return isIP(host) === 0 ? settled(timeout, lookup(host)) : { address: host, family: isIP(host) };
}

async function openUdp({ host, port }: Pick<IceUrl, 'host' | 'port'>, timeout: number): Promise<StunChannel> {
  const { address, family } = await addressOf(host, timeout);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  // A connected socket receives the ICMP error of a closed port.
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => resolve());
  });
  return {
    ask: (request) => askOverUdp(socket, request, timeout, (bytes) => socket.send(bytes)),
    close: () => socket.close(),
  };
}

/** Sends a request again until its response arrives. @throws with a code. */
export async function askOverUdp(
  socket: UdpSocket,
  { transaction, bytes }: StunRequest,
  timeout: number,
  send: (bytes: Buffer) => void,
): Promise<StunResponse> {
  let onMessage: (message: Buffer) => void = () => undefined;
  let onError: (error: Error) => void = () => undefined;
  const answered = new Promise<StunResponse>((resolve, reject) => {
    onError = reject;
    onMessage = (message) => {
      const response = decodeResponse(message);
      if (response?.transaction === transaction) resolve(response);
    };
    socket.on('message', onMessage).on('error', onError);
  });
  send(bytes);
  const resend = setInterval(() => send(bytes), RESEND_MS);
  try {
    return await settled(timeout, answered);
  } finally {
    clearInterval(resend);
    socket.off('message', onMessage).off('error', onError);
    // An error after this, such as a late ICMP message, concerns no request.
    socket.on('error', () => undefined);
  }
}

async function openStream(
  { host, port, transport }: Pick<IceUrl, 'host' | 'port' | 'transport'>,
  timeout: number,
): Promise<StunChannel> {
  const { address } = await addressOf(host, timeout);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket =
    transport === 'tls' ? connectTls({ host: address, port, ...servername }) : connectTcp({ host: address, port });
  const ready = new Promise<void>((resolve, reject) => {
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', resolve).once('error', reject);
  });
  await settled(timeout, ready).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  return { ask: (request) => settled(timeout, askOverStream(socket, request)), close: () => socket.destroy() };
}

function askOverStream(socket: Socket, { transaction, bytes }: StunRequest): Promise<StunResponse> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      for (let length = messageLength(received); length !== undefined && received.length >= length;) {
        const response = decodeResponse(received.subarray(0, length));
        received = received.subarray(length);
        if (response?.transaction === transaction) {
          socket.off('data', onData);
          return resolve(response);
        }
        length = messageLength(received);
      }
    };
    socket.on('data', onData);
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.write(bytes);
  });
}
