import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { StunObservation } from '../judge/stun.ts';
import { addressIn, ATTRIBUTES, encodeRequest } from '../stun/message.ts';
import type { IceUrl } from '../target.ts';
import { addressOf, askOverUdp } from './stun-channel.ts';
import { codeOf } from './timing.ts';

/** D11: asks all servers from one socket, so that their answers can be compared. IPv4, as only NAT is of interest. */
export async function observeStun(servers: readonly IceUrl[], timeout: number): Promise<StunObservation[]> {
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  const ask = async ({ url, host, port }: IceUrl): Promise<StunObservation> => {
    try {
      const { address } = await addressOf(host, timeout);
      const request = encodeRequest('binding', []);
      const response = await askOverUdp(socket, request, timeout, (bytes) => socket.send(bytes, port, address));
      const mapped = addressIn(response, ATTRIBUTES.mapped);
      return mapped === undefined ? { url, error: 'no address' } : { url, ...mapped };
    } catch (error) {
      return { url, error: codeOf(error) };
    }
  };
  try {
    return await Promise.all(servers.map(ask));
  } finally {
    socket.close();
  }
}
