import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpStream } from './malformed-requests.ts';

/** An upgrade request, as Node emits it. */
interface Upgrade {
  readonly raw: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
}

/**
 * H21: serves an upgrade to another protocol than WebSocket as an ordinary request. Clients such as Java's `HttpClient` offer
 * `h2c` with every request, also with a body. Node emits them as upgrades and does not read the body, so the server gets the
 * connection again, with the same head except its header `Upgrade`. Node 26 reads the body, and the connection is closed after
 * the response.
 */
export function serveWithoutUpgrade(server: Server, { raw, stream, head }: Upgrade): void {
  if (isBodyRead(raw, stream)) return serveOnce(server, raw, stream);
  // Node has detached the stream: an unhandled error would end the process.
  const destroy = (): void => void stream.destroy();
  stream.on('error', destroy);
  whenAnswered(stream, () => {
    if (stream.destroyed) return;
    // The server adds a listener of its own. A connection may carry many such requests.
    stream.off('error', destroy);
    stream.unshift(Buffer.concat([headWithoutUpgrade(raw), head]));
    server.emit('setSecureContext' in server ? 'secureConnection' : 'connection', stream);
  });
}

/** Node 26: the body is read from the request, and the stream begins behind it. */
function isBodyRead(raw: IncomingMessage, stream: Duplex): boolean {
  return stream !== raw.socket || !raw.complete || raw.readableLength > 0;
}

function serveOnce(server: Server, raw: IncomingMessage, stream: Duplex): void {
  const { socket } = raw;
  for (const one of new Set([socket, stream])) one.on('error', () => void one.destroy());
  const response = new ServerResponse(raw);
  response.shouldKeepAlive = false;
  whenAnswered(socket, () => {
    if (socket.destroyed) return;
    response.assignSocket(socket);
    response.once('finish', () => void stream.end());
    server.emit('request', raw, response);
  });
}

/** Waits for the responses to earlier requests. Each response in progress is replaced by the next one when it is finished. */
function whenAnswered(stream: HttpStream, then: () => void): void {
  const response = stream._httpMessage;
  if (response === undefined || response === null) then();
  else response.once('finish', () => whenAnswered(stream, then));
}

/** Node's parser has rejected names and values with line ends. */
function headWithoutUpgrade({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.toLowerCase() !== 'upgrade') text += `${name}:${rawHeaders[at + 1] ?? ''}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}
