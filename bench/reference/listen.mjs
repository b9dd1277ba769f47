/* The common part of the bare relays: everything except relaying a message. */
import { Buffer } from 'node:buffer';
import { App, us_listen_socket_close } from 'uWebSockets.js';

export const OPEN = '{"type":"OPEN"}';
const DST = Buffer.from('"dst":"');
// At least {"type":"ANSWER","src":" precedes the sender's id.
const EARLIEST = 16;

/**
 * Listens on the port of the command line.
 * @param {(receiver: import('uWebSockets.js').WebSocket<{ id: string }>, bytes: ArrayBuffer) => void} pass
 *   may use the bytes until it returns
 * @param {object} [options]
 * @param {(socket: import('uWebSockets.js').WebSocket<{ id: string }>) => void} [options.onClose] called with a closed socket
 * @param {string} [options.firstFrame] the first frame to a peer
 */
export function listen(pass, { onClose = () => undefined, firstFrame = OPEN } = {}) {
  const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
  const byId = new Map();
  const app = App();
  app.ws('/peerjs', {
    maxPayloadLength: 1024 * 1024,
    maxBackpressure: 0,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    upgrade: (response, request, context) => {
      const id = request.getQuery('id') ?? '';
      const key = request.getHeader('sec-websocket-key');
      response.upgrade({ id }, key, '', '', context);
    },
    open: (ws) => {
      byId.set(ws.getUserData().id, ws);
      ws.send(firstFrame, false);
    },
    message: (_, bytes) => {
      const receiver = byId.get(destination(Buffer.from(bytes)));
      if (receiver !== undefined) pass(receiver, bytes);
    },
    close: (ws) => {
      const { id } = ws.getUserData();
      if (byId.get(id) === ws) byId.delete(id);
      onClose(ws);
    },
  });
  app.listen('127.0.0.1', port, (token) => {
    if (token === false) throw new Error(`port ${port} is in use`);
    process.on('SIGTERM', () => {
      us_listen_socket_close(token);
      app.close();
    });
  });
}

function destination(bytes) {
  const start = bytes.indexOf(DST, EARLIEST) + DST.length;
  return bytes.latin1Slice(start, bytes.indexOf(0x22, start));
}
