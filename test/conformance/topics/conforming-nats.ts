import type { WebSocket } from 'ws';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

/** The fault of the server. */
export type NatsFault =
  | 'sends text frames'
  | 'reads one verb of each frame'
  | 'reads each frame by itself'
  | 'knows verbs in capitals only'
  | 'has no version'
  | 'has no maximum'
  | 'confirms CONNECT always'
  | 'ignores a later CONNECT'
  | 'never confirms'
  | 'answers PING before SUB'
  | 'subscribes to invalid subjects'
  | 'closes after an invalid subject'
  | 'delivers to similar subjects'
  | 'matches any rest with *'
  | 'matches nothing with >'
  | 'matches the subject without rest'
  | 'matches parts of tokens'
  | 'ignores UNSUB'
  | 'ends all subscriptions'
  | 'counts a maximum from UNSUB'
  | 'replaces a sid in use'
  | 'drops empty payloads'
  | 'trims payloads'
  | 'ends a payload at a line'
  | 'omits reply subjects'
  | 'omits headers'
  | 'sends headers to everybody'
  | 'reorders messages'
  | 'cuts large payloads'
  | 'delivers once to each client'
  | 'never echoes'
  | 'always echoes'
  | 'ignores queues'
  | 'delivers no requests'
  | 'has no 503'
  | 'allows no_responders without headers'
  | 'closes without an error'
  | 'ignores unreadable lines'
  | 'closes all clients after an unreadable line'
  | 'waits for large payloads'
  | 'allows long lines'
  | 'never pings'
  | 'closes clients that answer pings'
  | 'never closes silent clients';

interface Subscription {
  readonly subject: string;
  readonly sid: string;
  readonly queue: string | undefined;
  delivered: number;
  max: number;
}

interface Options {
  verbose: boolean;
  echo: boolean;
  headers: boolean;
  no_responders: boolean;
}

interface Client {
  readonly socket: WebSocket;
  subscriptions: Subscription[];
  text: string;
  options: Options;
  hasOptions: boolean;
  receivedAt: number;
}

const MAX_PAYLOAD = 100_000;
const MAX_LINE = 4_096;
const LARGE = 5_000;
const VERBS = /^(PING|PONG|CONNECT|SUB|UNSUB|PUB|HPUB)(?=[ \t]|$)/i;

/** A small NATS server with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingNats {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: NatsFault | undefined;
  readonly #server = new LoopbackServer();
  readonly #clients = new Set<Client>();
  readonly #delayed: (() => void)[] = [];
  #pingTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: NatsFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  start(): Promise<number> {
    this.#pingTimer = setInterval(() => this.#pingAll(), this.#settings.ping_interval ?? 10_000);
    return this.#server.start({ path: '/nats', accept: (one) => this.#accept(one) });
  }

  stop(): void {
    clearInterval(this.#pingTimer);
    this.#server.stop();
  }

  #accept(socket: WebSocket): void {
    const options = { verbose: true, echo: true, headers: false, no_responders: false };
    const client: Client = { socket, subscriptions: [], text: '', options, hasOptions: false, receivedAt: performance.now() };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', () => socket.terminate());
    const version = this.#fault === 'has no version' ? {} : { version: '1.2.3' };
    const most = this.#fault === 'has no maximum' ? {} : { max_payload: MAX_PAYLOAD };
    this.#send(client, `INFO ${JSON.stringify({ server_id: 'X', ...version, proto: 1, headers: true, ...most })}\r\n`);
    socket.on('message', (bytes: Buffer) => {
      client.receivedAt = performance.now();
      if (this.#fault === 'reads each frame by itself') client.text = '';
      client.text += bytes.toString('latin1');
      this.#read(client);
    });
  }

  #read(client: Client): void {
    while (client.socket.readyState === 1) {
      const end = client.text.indexOf('\n');
      if (Math.max(end, end < 0 ? client.text.length : 0) > MAX_LINE && this.#fault !== 'allows long lines') {
        return this.#fail(client, 'maximum control line exceeded', 1008);
      }
      if (end < 0) return;
      const line = client.text.slice(0, end).replace(/\r$/, '');
      const rest = client.text.slice(end + 1);
      const [verb = ''] = VERBS.exec(line) ?? [];
      const words = line
        .slice(verb.length)
        .split(/[ \t\r]+/)
        .filter((word) => word !== '');
      if (/^H?PUB$/i.test(verb)) {
        if (!this.#publish(client, verb, words, rest)) return;
      } else {
        client.text = rest;
        this.#verb(client, verb, words, line);
      }
      if (this.#fault === 'reads one verb of each frame') client.text = '';
    }
  }

  #verb(client: Client, written: string, words: readonly string[], line: string): void {
    const verb = this.#fault === 'knows verbs in capitals only' ? written : written.toUpperCase();
    switch (verb) {
      case 'PING':
        return this.#send(client, 'PONG\r\n');
      case 'PONG':
        return;
      case 'CONNECT':
        return this.#connect(client, line.slice(written.length));
      case 'SUB':
        if (words.length !== 2 && words.length !== 3) return this.#unreadable(client, undefined);
        return this.#subscribe(client, words);
      case 'UNSUB':
        return this.#unsubscribe(client, words[0] ?? '', Number(words[1] ?? 0));
      default:
        return this.#unreadable(client, 'Unknown Protocol Operation');
    }
  }

  #connect(client: Client, json: string): void {
    let options: Partial<Options>;
    try {
      options = JSON.parse(json) as Partial<Options>;
    } catch {
      return this.#unreadable(client, undefined);
    }
    if (!client.hasOptions || this.#fault !== 'ignores a later CONNECT') client.options = { ...client.options, ...options };
    client.hasOptions = true;
    const isMissing = client.options.no_responders && !client.options.headers;
    if (isMissing && this.#fault !== 'allows no_responders without headers') {
      return this.#fail(client, 'no responders requires headers support', 1011);
    }
    if (this.#fault === 'confirms CONNECT always') this.#send(client, '+OK\r\n');
    else this.#ok(client);
  }

  #subscribe(client: Client, words: readonly string[]): void {
    const [subject = '', sid = ''] = [words[0], words.at(-1)];
    const queue = words.length === 3 && this.#fault !== 'ignores queues' ? words[1] : undefined;
    const isUsed = client.subscriptions.some((one) => one.sid === sid);
    if (isUsed && this.#fault !== 'replaces a sid in use') return this.#ok(client);
    if (isUsed) client.subscriptions = client.subscriptions.filter((one) => one.sid !== sid);
    const tokens = subject.split('.');
    const isInvalid = tokens.includes('') || tokens.slice(0, -1).includes('>');
    if (isInvalid && this.#fault === 'closes after an invalid subject') return client.socket.close(1002);
    if (isInvalid && this.#fault !== 'subscribes to invalid subjects') {
      return this.#send(client, "-ERR 'Invalid Subject'\r\n");
    }
    const add = (): void => void client.subscriptions.push({ subject, sid, queue, delivered: 0, max: 0 });
    if (this.#fault === 'answers PING before SUB') setTimeout(add, 300);
    else add();
    this.#ok(client);
  }

  #unsubscribe(client: Client, sid: string, max: number): void {
    const found = client.subscriptions.find((one) => one.sid === sid);
    if (found !== undefined && max > 0) {
      found.max = this.#fault === 'counts a maximum from UNSUB' ? found.delivered + max : max;
      if (found.max <= found.delivered) client.subscriptions = client.subscriptions.filter((one) => one !== found);
    } else if (this.#fault === 'ends all subscriptions') client.subscriptions = [];
    else if (this.#fault !== 'ignores UNSUB') client.subscriptions = client.subscriptions.filter((one) => one.sid !== sid);
    this.#ok(client);
  }

  /** @returns whether the message is complete. */
  #publish(client: Client, verb: string, words: readonly string[], rest: string): boolean {
    const hasHeaders = /^h/i.test(verb);
    const sizes = words.slice(hasHeaders ? -2 : -1).map(Number);
    const [subject = '', reply] = words.slice(0, hasHeaders ? -2 : -1);
    const [total = NaN, headers = 0] = [sizes.at(-1), hasHeaders ? sizes[0] : 0];
    const isKnown = this.#fault !== 'knows verbs in capitals only' || verb === verb.toUpperCase();
    const isValid = isKnown && subject !== '' && words.length - sizes.length <= 2 && total >= 0 && headers <= total;
    if (!isValid) {
      client.text = rest;
      this.#unreadable(client, undefined);
      return client.socket.readyState === 1;
    }
    if (total > MAX_PAYLOAD && this.#fault !== 'waits for large payloads') {
      this.#fail(client, 'Maximum Payload Violation', 1009);
      return false;
    }
    const size =
      this.#fault === 'ends a payload at a line' && rest.slice(0, total).includes('\r\n') ? rest.indexOf('\r\n') : total;
    if (rest.length < size + 2) return false;
    client.text = rest.slice(size + 2);
    if (rest.slice(size, size + 2) !== '\r\n') this.#unreadable(client, 'Unknown Protocol Operation');
    else this.#deliverAll(client, { subject, reply, headers: rest.slice(0, headers), payload: rest.slice(headers, size) });
    return client.socket.readyState === 1;
  }

  #deliverAll(client: Client, message: { subject: string; reply: string | undefined; headers: string; payload: string }): void {
    this.#ok(client);
    const { subject, reply } = message;
    let count = 0;
    const served = new Set<string>();
    for (const one of this.#clients) {
      const isOwn = one === client;
      const echoes = this.#fault === 'always echoes' || (one.options.echo && this.#fault !== 'never echoes');
      if ((isOwn && !echoes) || (reply !== undefined && this.#fault === 'delivers no requests')) continue;
      const found = one.subscriptions.filter((subscription) => this.#matches(subscription.subject, subject));
      for (const subscription of this.#fault === 'delivers once to each client' ? found.slice(0, 1) : found) {
        if (subscription.queue !== undefined && served.has(subscription.queue)) continue;
        if (subscription.queue !== undefined) served.add(subscription.queue);
        count += 1;
        this.#deliver(one, subscription, message);
      }
    }
    const answers = count === 0 && client.options.no_responders && reply !== undefined && this.#fault !== 'has no 503';
    const inbox = answers ? client.subscriptions.find((one) => this.#matches(one.subject, reply)) : undefined;
    if (inbox !== undefined) this.#send(client, `HMSG ${reply} ${inbox.sid} 16 16\r\nNATS/1.0 503\r\n\r\n\r\n`);
  }

  #deliver(
    client: Client,
    subscription: Subscription,
    {
      subject,
      reply,
      headers: sent,
      payload: given,
    }: { subject: string; reply: string | undefined; headers: string; payload: string },
  ): void {
    subscription.delivered += 1;
    if (subscription.delivered === subscription.max) {
      client.subscriptions = client.subscriptions.filter((one) => one !== subscription);
    }
    if (given === '' && this.#fault === 'drops empty payloads') return;
    const trimmed = this.#fault === 'trims payloads' ? given.trim() : given;
    const payload = this.#fault === 'cuts large payloads' ? trimmed.slice(0, LARGE) : trimmed;
    const hasHeaders = client.options.headers || this.#fault === 'sends headers to everybody';
    const headers = hasHeaders && this.#fault !== 'omits headers' ? sent : '';
    const back = reply === undefined || this.#fault === 'omits reply subjects' ? '' : ` ${reply}`;
    const sizes = headers === '' ? payload.length : `${headers.length} ${headers.length + payload.length}`;
    const text = `${headers === '' ? '' : 'H'}MSG ${subject} ${subscription.sid}${back} ${sizes}\r\n${headers}${payload}\r\n`;
    if (this.#fault !== 'reorders messages') return this.#send(client, text);
    this.#delayed.unshift(() => this.#send(client, text));
    if (this.#delayed.length === 1) setImmediate(() => this.#delayed.splice(0).forEach((send) => send()));
  }

  #matches(pattern: string, subject: string): boolean {
    const isNear = subject.toLowerCase().includes(pattern.toLowerCase().replace(/\.?[*>]/g, ''));
    if (this.#fault === 'delivers to similar subjects') return isNear;
    const any = this.#fault === 'matches any rest with *' ? '.+' : '[^.]+';
    const rest = this.#fault === 'matches nothing with >' ? '>' : '.+';
    const tokens = pattern.split('.').map((token) => {
      if (token === '*') return any;
      if (token === '>') return rest;
      const text = token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return this.#fault === 'matches parts of tokens' ? text.replaceAll('\\*', '[^.]*') : text;
    });
    if (this.#fault === 'matches the subject without rest' && `${subject}.>` === pattern) return true;
    return new RegExp(`^${tokens.join('\\.')}$`, 's').test(subject);
  }

  #ok(client: Client): void {
    if (client.options.verbose && this.#fault !== 'never confirms') this.#send(client, '+OK\r\n');
  }

  #unreadable(client: Client, error: string | undefined): void {
    if (this.#fault === 'ignores unreadable lines') return;
    this.#fail(client, error, 1002);
    if (this.#fault !== 'closes all clients after an unreadable line') return;
    for (const { socket } of this.#clients) socket.close(1002);
  }

  #fail(client: Client, error: string | undefined, code: number): void {
    if (error !== undefined && this.#fault !== 'closes without an error') this.#send(client, `-ERR '${error}'\r\n`);
    client.text = '';
    client.socket.close(code);
  }

  #send({ socket }: Client, text: string): void {
    socket.send(Buffer.from(text, 'latin1'), { binary: this.#fault !== 'sends text frames' });
  }

  #pingAll(): void {
    const { alive_timeout = Infinity } = this.#settings;
    for (const client of this.#clients) {
      const isSilent = performance.now() - client.receivedAt > alive_timeout;
      if (isSilent && this.#fault !== 'never closes silent clients') this.#fail(client, 'Stale Connection', 1001);
      else if (this.#fault === 'closes clients that answer pings') setTimeout(() => client.socket.close(1001), alive_timeout);
      if (!isSilent && this.#fault !== 'never pings') this.#send(client, 'PING\r\n');
    }
  }
}
