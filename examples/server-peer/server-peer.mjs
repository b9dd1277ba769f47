import { Peer } from './browser-globals.mjs';
import { freshToken } from './fresh-token.mjs';
import { fetchIceServers } from './ice-servers.mjs';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
const MAX_CONNECTIONS = 100;

/** A peer of the broker that returns data and media to their sender, and reconnects. */
export class ServerPeer {
  #options;
  #log;
  #peer;
  #token = '';
  #iceServers = [];
  #failures = 0;
  #reconnect;
  #refresh;
  #isStopped = false;

  constructor(options, log) {
    this.#options = options;
    this.#log = log;
  }

  /** Connects to the broker with a fresh token. */
  async start() {
    try {
      this.#token = await freshToken(this.#options);
    } catch (error) {
      this.#log(`no token: ${error.message}`);
      return this.#retry();
    }
    await this.#refreshIceServers();
    if (this.#isStopped) return;
    // PeerJS does not escape the token in the URL of its socket.
    const token = encodeURIComponent(this.#token);
    if (this.#peer?.destroyed ?? true) return this.#connect(token);
    this.#peer.options.token = token;
    this.#peer.reconnect();
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#reconnect);
    clearTimeout(this.#refresh);
    this.#peer?.destroy();
  }

  #connect(token) {
    const { broker, key, id } = this.#options;
    const secure = broker.protocol === 'https:';
    const port = Number(broker.port) || (secure ? 443 : 80);
    const config = { iceServers: this.#iceServers };
    this.#peer = new Peer(id, { host: broker.hostname, port, path: broker.pathname, secure, key, token, config });
    this.#peer.on('open', () => this.#opened());
    this.#peer.on('connection', (connection) => this.#echo(connection));
    // Without a stream of its own: the connection returns the packets, see browser-globals.mjs.
    this.#peer.on('call', (call) => this.#accept(call, () => call.answer()));
    this.#peer.on('error', ({ type, message }) => this.#log(`error ${type}: ${message}`));
    // A refusal before the first `open` destroys the peer; it emits `disconnected` as well.
    this.#peer.on('disconnected', () => this.#retry());
  }

  #opened() {
    this.#failures = 0;
    this.#log(`open as ${this.#options.id}`);
    // The broker may refuse them before the peer is open.
    if (this.#refresh === undefined) void this.#refreshIceServers();
    if (this.#options.greet !== undefined) this.#greet(this.#options.greet);
  }

  #retry() {
    if (this.#isStopped) return;
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    this.#log(`disconnected, next attempt in ${(delay / 1000).toFixed(1)} s`);
    clearTimeout(this.#reconnect);
    this.#reconnect = setTimeout(() => this.start(), delay);
  }

  /** Connections that are made later use the new servers. */
  async #refreshIceServers() {
    clearTimeout(this.#refresh);
    this.#refresh = undefined;
    const answer = await fetchIceServers(this.#options, this.#token).catch((error) =>
      this.#log(`no ICE servers: ${error.message}`),
    );
    if (answer === undefined || this.#isStopped) return;
    this.#iceServers = answer.iceServers;
    if (this.#peer !== undefined) this.#peer.options.config = { ...this.#peer.options.config, iceServers: answer.iceServers };
    this.#refresh = setTimeout(() => this.#refreshIceServers(), answer.refresh * 1000);
    this.#log(`ICE servers: ${answer.iceServers.flatMap(({ urls }) => urls).join(', ')}`);
  }

  #accept(connection, use) {
    const isFull = Object.values(this.#peer.connections).flat().length > MAX_CONNECTIONS;
    this.#log(`${connection.type} from ${connection.peer}${isFull ? ', refused: too many connections' : ''}`);
    if (isFull) return connection.close();
    use();
  }

  #echo(connection) {
    this.#accept(connection, () => connection.on('data', (data) => connection.send(data)));
  }

  #greet(other) {
    const connection = this.#peer.connect(other, { reliable: true, serialization: 'json' });
    connection.on('open', () => connection.send({ hello: other, from: this.#options.id }));
    connection.on('data', (data) => {
      this.#log(`${other} replied ${JSON.stringify(data)}`);
      connection.close();
    });
  }
}
