import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Settings } from '../../../conformance/settings.ts';

/** The fault of the hub. */
export type HubFault =
  | 'sends no comment'
  | 'sends no heartbeat'
  | 'answers with JSON'
  | 'allows caching'
  | 'rejects a trailing slash'
  | 'opens without a topic'
  | 'uses the first selector only'
  | 'uses the first topic only'
  | 'delivers once per topic'
  | 'delivers to all subscribers'
  | 'reorders updates'
  | 'does not match *'
  | 'does not match templates'
  | 'matches slashes with a template'
  | 'treats match as a template'
  | 'does not match URL patterns'
  | 'accepts invalid patterns'
  | 'buffers without a limit'
  | 'ends all streams after one disconnects'
  | 'returns another id'
  | 'ignores the id'
  | 'ignores the query'
  | 'accepts invalid forms'
  | 'accepts JSON'
  | 'crashes on invalid UTF-8'
  | 'accepts oversized updates'
  | 'drops updates without data'
  | 'trims data'
  | 'writes data as one line'
  | 'ignores the type'
  | 'ignores the retry'
  | 'allows line breaks in ids and types'
  | 'ignores the Last-Event-ID header'
  | 'ignores lastEventID in the query'
  | 'replays other topics'
  | 'sends no Last-Event-ID'
  | 'hides a gap in the history'
  | 'replays live updates'
  | 'accepts any signature'
  | 'accepts unsigned tokens'
  | 'accepts expired tokens'
  | 'lets all clients publish'
  | 'lets all clients subscribe'
  | 'ignores the publish claim'
  | 'requires a claim for one topic only'
  | 'compares claims literally'
  | 'delivers private updates to all'
  | 'replays private updates to all'
  | 'ignores the cookie'
  | 'ignores the token in the query'
  | 'accepts cookies of any origin'
  | 'rejects cookies of listed origins'
  | 'streams to any origin with a cookie'
  | 'keeps streams after the token expires'
  | 'requires a token on an open hub'
  | 'allows no credentials'
  | 'allows any origin'
  | 'has no CORS headers on refusals'
  | 'rejects preflights';

interface Update {
  readonly id: string;
  readonly topics: readonly string[];
  readonly isPrivate: boolean;
  readonly text: string;
}

interface Stream {
  readonly response: ServerResponse;
  readonly matches: (topic: string) => boolean;
  readonly mayReceive: (update: Update) => boolean;
}

type Claims = { readonly publish?: readonly string[]; readonly subscribe?: readonly string[]; readonly exp?: number };

const PATH = '/.well-known/mercure';
const MANY = 1_000;

/** A small Mercure hub with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingHub {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: HubFault | undefined;
  readonly #http = createServer((request, response) => void this.#handle(request, response));
  readonly #connections = new Set<Socket>();
  readonly #streams = new Set<Stream>();
  readonly #history: Update[] = [];
  #lastDroppedId = 'earliest';
  #generatedIds = 0;
  #heartbeatTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: HubFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  async start(): Promise<number> {
    this.#http.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#heartbeatTimer = setInterval(() => this.#sendHeartbeats(), this.#settings.stream_heartbeat ?? 60_000);
    return (this.#http.address() as AddressInfo).port;
  }

  stop(): void {
    clearInterval(this.#heartbeatTimer);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #has(fault: HubFault): boolean {
    return this.#fault === fault;
  }

  #sendHeartbeats(): void {
    if (!this.#has('sends no heartbeat')) for (const { response } of this.#streams) response.write(':\n');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://here');
    const isHere = url.pathname === PATH || (url.pathname === `${PATH}/` && !this.#has('rejects a trailing slash'));
    if (!isHere) return void response.writeHead(404).end();
    this.#addCorsHeaders(request, response);
    if (request.method === 'OPTIONS') return this.#preflight(request, response);
    if (request.method === 'GET') return this.#subscribe(request, response, url.searchParams);
    const body = await bodyOf(request);
    this.#publish(request, response, url.searchParams, body);
  }

  #addCorsHeaders({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    const { cors = [] } = this.#settings;
    if (origin === undefined || (cors.length > 0 && !cors.includes(origin) && !this.#has('allows any origin'))) return;
    response.setHeader('access-control-allow-origin', origin);
    if (!this.#has('allows no credentials')) response.setHeader('access-control-allow-credentials', 'true');
  }

  #preflight({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.#has('rejects preflights')) return void response.writeHead(404).end();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '');
    response.writeHead(204).end();
  }

  #refuse(response: ServerResponse, status: number): void {
    if (this.#has('has no CORS headers on refusals')) response.removeHeader('access-control-allow-origin');
    response.writeHead(status).end();
  }

  #subscribe(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const matches = this.#selectors(query);
    if (matches === undefined) return this.#refuse(response, 400);
    const claims = this.#claims(request, query, this.#settings.mercure_subscriber_key);
    const isOpen = this.#settings.mercure_open === true && !this.#has('requires a token on an open hub');
    const isGuest =
      isOpen || this.#has('lets all clients subscribe') || (claims === 'none' && this.#settings.mercure_anonymous === true);
    if (typeof claims === 'string' && !isGuest) return this.#refuse(response, 401);
    if (this.#isForeign(request)) return this.#refuse(response, 403);
    if (typeof claims !== 'string') this.#endAt(response, claims.exp);
    const cleared = typeof claims === 'string' ? [] : (claims.subscribe ?? []);
    const mayReceive = ({ isPrivate, topics }: Update): boolean =>
      isOpen ||
      !isPrivate ||
      this.#has('delivers private updates to all') ||
      topics.some((topic) => this.#covers(cleared, topic));
    this.#openStream({ response, matches, mayReceive }, this.#lastEventId(request, query));
  }

  /** MER10 */
  #isForeign({ headers: { authorization, cookie, origin } }: IncomingMessage): boolean {
    const isByCookie = authorization === undefined && cookie !== undefined && origin !== undefined;
    return isByCookie && !(this.#settings.cors ?? []).includes(origin) && !this.#has('streams to any origin with a cookie');
  }

  /** MER12 */
  #endAt(response: ServerResponse, exp = Infinity): void {
    if (exp === Infinity || this.#has('keeps streams after the token expires')) return;
    const timer = setTimeout(() => response.end(), exp * 1_000 - Date.now());
    response.on('close', () => clearTimeout(timer));
  }

  #lastEventId({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
    const header = this.#has('ignores the Last-Event-ID header') ? undefined : headers['last-event-id'];
    const lookup = this.#has('ignores lastEventID in the query') ? undefined : (query.get('lastEventID') ?? undefined);
    return header === undefined ? lookup : String(header);
  }

  #openStream(stream: Stream, since: string | undefined): void {
    const { response, matches, mayReceive } = stream;
    response.setHeader('content-type', this.#has('answers with JSON') ? 'application/json' : 'text/event-stream');
    if (!this.#has('allows caching')) response.setHeader('cache-control', 'no-store');
    const at = this.#history.findIndex(({ id }) => id === since);
    const named = at < 0 ? this.#lastDroppedId : since;
    if (since !== undefined && !this.#has('sends no Last-Event-ID')) {
      response.setHeader('last-event-id', this.#has('hides a gap in the history') ? since : (named ?? ''));
    }
    response.writeHead(200).flushHeaders();
    if (!this.#has('sends no comment')) response.write(':\n');
    const missed = since === undefined ? [] : this.#history.slice(at + 1);
    for (const update of missed) {
      const isFor = this.#has('replays other topics') || update.topics.some(matches);
      if (isFor && (mayReceive(update) || this.#has('replays private updates to all'))) response.write(update.text);
    }
    if (this.#has('replays live updates')) for (const { text } of this.#history.slice(-1)) response.write(text);
    this.#streams.add(stream);
    response.on('close', () => {
      this.#streams.delete(stream);
      if (this.#has('ends all streams after one disconnects')) for (const other of this.#streams) other.response.destroy();
    });
  }

  #publish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: Buffer): void {
    const status = this.#unauthorized(request, query);
    if (status !== undefined && !this.#has('lets all clients publish')) return this.#refuse(response, status);
    if (body.length > (this.#settings.max_message_bytes ?? Infinity) && !this.#has('accepts oversized updates')) {
      return this.#refuse(response, 413);
    }
    const text = body.toString();
    if (this.#has('crashes on invalid UTF-8') && text.includes('%ff')) {
      this.crashReason = 'its process exited';
      return this.stop();
    }
    const isJson = request.headers['content-type'] === 'application/json';
    if (isJson) return this.#has('accepts JSON') ? void response.end('an-id') : this.#refuse(response, 400);
    const form = new URLSearchParams(text);
    const said = [...form.getAll('topic'), ...(this.#has('ignores the query') ? [] : query.getAll('topic'))];
    const topics = this.#has('uses the first topic only') ? said.slice(0, 1) : said;
    if (!this.#isUpdate(form, topics)) return this.#refuse(response, 400);
    if (this.#isForbidden(request, query, topics)) return this.#refuse(response, 403);
    const update = this.#update(form, topics);
    if (!(this.#has('drops updates without data') && !form.has('data'))) this.#broadcast(update);
    response.end(this.#has('returns another id') ? 'another' : update.id);
  }

  #isUpdate(form: URLSearchParams, topics: readonly string[]): boolean {
    if (this.#has('accepts invalid forms')) return true;
    const [id, type, retry] = [form.get('id') ?? '', form.get('type') ?? '', form.get('retry')];
    const isOneLine = !/[\r\n]/.test(id + type) || this.#has('allows line breaks in ids and types');
    return topics.length > 0 && !id.startsWith('#') && isOneLine && (retry === null || /^\d+$/.test(retry));
  }

  #update(form: URLSearchParams, topics: readonly string[]): Update {
    const given = this.#has('ignores the id') ? null : form.get('id');
    const id = given ?? `urn:id:${++this.#generatedIds}`;
    const whole = form.get('data') ?? '';
    const data = this.#has('trims data') ? whole.trim() : whole;
    const lines = this.#has('writes data as one line') ? [data] : data.split(/\r\n|\r|\n/);
    const type = this.#has('ignores the type') ? null : form.get('type');
    const retry = this.#has('ignores the retry') ? null : form.get('retry');
    const fields = [`id: ${id}`, ...(type === null ? [] : [`event: ${type}`]), ...(retry === null ? [] : [`retry: ${retry}`])];
    const text = `${[...fields, ...lines.map((line) => `data: ${line}`)].join('\n')}\n\n`;
    return { id, topics, isPrivate: form.has('private'), text };
  }

  #broadcast(update: Update): void {
    this.#history.push(update);
    if (this.#history.length > (this.#settings.history_messages ?? MANY)) this.#lastDroppedId = this.#history.shift()?.id ?? '';
    for (const stream of this.#streams) {
      const times = this.#has('delivers to all subscribers') ? 1 : update.topics.filter(stream.matches).length;
      if (times === 0 || !stream.mayReceive(update)) continue;
      for (let n = 0; n < (this.#has('delivers once per topic') ? times : 1); n++) this.#write(stream, update.text);
    }
  }

  #write({ response }: Stream, text: string): void {
    if (this.#has('reorders updates')) return void setTimeout(() => response.write(text), Math.random() * 50);
    response.write(text);
    const most = this.#settings.send_buffer_bytes ?? Infinity;
    if (response.writableLength > most && !this.#has('buffers without a limit')) response.destroy();
  }

  /** @returns undefined for invalid selectors. */
  #selectors(query: URLSearchParams): ((topic: string) => boolean) | undefined {
    const topics = this.#has('uses the first selector only') ? query.getAll('topic').slice(0, 1) : query.getAll('topic');
    const all = topics.map((text) => this.#selector(text));
    for (const text of query.getAll('match')) {
      all.push(this.#has('treats match as a template') ? this.#selector(text) : (topic) => topic === text);
    }
    for (const text of query.getAll('match_urlpattern')) {
      const isBad = text.includes('(') || text.includes('{');
      if (isBad && !this.#has('accepts invalid patterns')) return undefined;
      const start = text.split('/:')[0] ?? '';
      all.push((topic) => topic.startsWith(`${start}/`) && !this.#has('does not match URL patterns'));
    }
    if (all.length === 0 && !this.#has('opens without a topic')) return undefined;
    return (topic) => all.some((fits) => fits(topic));
  }

  #selector(text: string): (topic: string) => boolean {
    if (text === '*' && !this.#has('does not match *')) return () => true;
    const part = this.#has('matches slashes with a template') ? '.+' : '[^/]+';
    const source = text.split(/\{\w+\}/).map((one) => one.replaceAll(/[.+?^$()|[\]\\*{}]/g, '\\$&'));
    const pattern = new RegExp(`^${source.join(part)}$`);
    return (topic) => topic === text || (!this.#has('does not match templates') && pattern.test(topic));
  }

  #covers(selectors: readonly string[], topic: string): boolean {
    if (this.#has('compares claims literally')) return selectors.includes(topic) || selectors.includes('*');
    return selectors.some((text) => this.#selector(text)(topic));
  }

  /** @returns the status if publishing is refused. */
  #unauthorized(request: IncomingMessage, query: URLSearchParams): number | undefined {
    if (this.#settings.mercure_open === true && !this.#has('requires a token on an open hub')) return undefined;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    if (typeof claims === 'string') return 401;
    const { cookie, origin, authorization } = request.headers;
    const isByCookie = authorization === undefined && cookie !== undefined;
    const isListed = (this.#settings.cors ?? []).includes(origin ?? '') && !this.#has('rejects cookies of listed origins');
    return isByCookie && !isListed && !this.#has('accepts cookies of any origin') ? 403 : undefined;
  }

  #isForbidden(request: IncomingMessage, query: URLSearchParams, topics: readonly string[]): boolean {
    const isOpen = this.#settings.mercure_open === true;
    if (isOpen || this.#has('ignores the publish claim') || this.#has('lets all clients publish')) return false;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    const allowed = typeof claims === 'string' ? [] : (claims.publish ?? []);
    const covers = (topic: string): boolean => this.#covers(allowed, topic);
    return !(this.#has('requires a claim for one topic only') ? topics.some(covers) : topics.every(covers));
  }

  #claims({ headers }: IncomingMessage, query: URLSearchParams, key = ''): Claims | 'none' | 'worthless' {
    const bearer = headers.authorization?.slice('Bearer '.length);
    const lookup = this.#has('ignores the token in the query') ? null : query.get('authorization');
    const cookie = this.#has('ignores the cookie') ? undefined : /mercureAuthorization=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    const token = bearer ?? lookup ?? cookie;
    return token === undefined ? 'none' : (this.#verify(token, key) ?? 'worthless');
  }

  #verify(token: string, key: string): Claims | undefined {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (payload === '') return undefined;
    const { alg } = parsed(head) as { alg: string };
    const { mercure = {}, exp = Infinity } = parsed(payload) as { mercure?: Claims; exp?: number };
    const isSigned = createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url') === signature;
    const isUnsigned = alg === 'none' && this.#has('accepts unsigned tokens');
    if (!isSigned && !isUnsigned && !(this.#has('accepts any signature') && alg !== 'none')) return undefined;
    return exp * 1_000 > Date.now() || this.#has('accepts expired tokens') ? { ...mercure, exp } : undefined;
  }
}

function parsed(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
