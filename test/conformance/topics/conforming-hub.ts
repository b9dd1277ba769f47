import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Settings } from '../../../conformance/settings.ts';

/** What a hub may do wrong. */
export type HubFault =
  | 'sends no comment'
  | 'beats no heart'
  | 'answers with JSON'
  | 'may be kept'
  | 'knows no slash'
  | 'opens without a topic'
  | 'takes the first topic only'
  | 'takes the first name only'
  | 'tells once for each name'
  | 'tells everybody'
  | 'tells the newest first'
  | 'knows no star'
  | 'knows no template'
  | 'lets a template fit slashes'
  | 'takes a match for a template'
  | 'knows no pattern'
  | 'takes every pattern'
  | 'keeps all for a slow reader'
  | 'ends all streams with one'
  | 'makes another id'
  | 'overlooks the id'
  | 'overlooks the query'
  | 'takes every form'
  | 'reads JSON'
  | 'dies of odd bytes'
  | 'takes what is too large'
  | 'drops what has no data'
  | 'trims data'
  | 'writes data as one line'
  | 'overlooks the type'
  | 'overlooks the retry'
  | 'writes ids and types as they are'
  | 'overlooks the header'
  | 'overlooks the id in the query'
  | 'replays other topics'
  | 'says not where it begins'
  | 'forgets in silence'
  | 'replays what is live'
  | 'believes every signature'
  | 'believes what nobody signed'
  | 'believes what is over'
  | 'lets everybody publish'
  | 'lets everybody subscribe'
  | 'overlooks the claim'
  | 'asks for one name only'
  | 'knows no selector in claims'
  | 'tells what is private'
  | 'replays what is private'
  | 'knows no cookie'
  | 'knows no token in the query'
  | 'trusts cookies of every page'
  | 'trusts no cookie'
  | 'streams to every page by cookie'
  | 'streams beyond the token'
  | 'is never open'
  | 'knows no credentials'
  | 'welcomes every page'
  | 'refuses without a word to pages'
  | 'answers no preflight';

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

/** A small Mercure hub that keeps every rule of the suite but one. It shares no line with Signalbox. */
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
    if (!this.#has('beats no heart')) for (const { response } of this.#streams) response.write(':\n');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://here');
    const isHere = url.pathname === PATH || (url.pathname === `${PATH}/` && !this.#has('knows no slash'));
    if (!isHere) return void response.writeHead(404).end();
    this.#addCorsHeaders(request, response);
    if (request.method === 'OPTIONS') return this.#preflight(request, response);
    if (request.method === 'GET') return this.#subscribe(request, response, url.searchParams);
    const body = await bodyOf(request);
    this.#publish(request, response, url.searchParams, body);
  }

  #addCorsHeaders({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    const { cors = [] } = this.#settings;
    if (origin === undefined || (cors.length > 0 && !cors.includes(origin) && !this.#has('welcomes every page'))) return;
    response.setHeader('access-control-allow-origin', origin);
    if (!this.#has('knows no credentials')) response.setHeader('access-control-allow-credentials', 'true');
  }

  #preflight({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.#has('answers no preflight')) return void response.writeHead(404).end();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '');
    response.writeHead(204).end();
  }

  #refuse(response: ServerResponse, status: number): void {
    if (this.#has('refuses without a word to pages')) response.removeHeader('access-control-allow-origin');
    response.writeHead(status).end();
  }

  #subscribe(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const matches = this.#selectors(query);
    if (matches === undefined) return this.#refuse(response, 400);
    const claims = this.#claims(request, query, this.#settings.mercure_subscriber_key);
    const isOpen = this.#settings.mercure_open === true && !this.#has('is never open');
    const isGuest =
      isOpen || this.#has('lets everybody subscribe') || (claims === 'none' && this.#settings.mercure_anonymous === true);
    if (typeof claims === 'string' && !isGuest) return this.#refuse(response, 401);
    if (this.#isForeign(request)) return this.#refuse(response, 403);
    if (typeof claims !== 'string') this.#endAt(response, claims.exp);
    const cleared = typeof claims === 'string' ? [] : (claims.subscribe ?? []);
    const mayReceive = ({ isPrivate, topics }: Update): boolean =>
      isOpen || !isPrivate || this.#has('tells what is private') || topics.some((topic) => this.#covers(cleared, topic));
    this.#openStream({ response, matches, mayReceive }, this.#lastEventId(request, query));
  }

  /** MER10 */
  #isForeign({ headers: { authorization, cookie, origin } }: IncomingMessage): boolean {
    const isByCookie = authorization === undefined && cookie !== undefined && origin !== undefined;
    return isByCookie && !(this.#settings.cors ?? []).includes(origin) && !this.#has('streams to every page by cookie');
  }

  /** MER12 */
  #endAt(response: ServerResponse, exp = Infinity): void {
    if (exp === Infinity || this.#has('streams beyond the token')) return;
    const timer = setTimeout(() => response.end(), exp * 1_000 - Date.now());
    response.on('close', () => clearTimeout(timer));
  }

  #lastEventId({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
    const header = this.#has('overlooks the header') ? undefined : headers['last-event-id'];
    const asked = this.#has('overlooks the id in the query') ? undefined : (query.get('lastEventID') ?? undefined);
    return header === undefined ? asked : String(header);
  }

  #openStream(stream: Stream, since: string | undefined): void {
    const { response, matches, mayReceive } = stream;
    response.setHeader('content-type', this.#has('answers with JSON') ? 'application/json' : 'text/event-stream');
    if (!this.#has('may be kept')) response.setHeader('cache-control', 'no-store');
    const at = this.#history.findIndex(({ id }) => id === since);
    const named = at < 0 ? this.#lastDroppedId : since;
    if (since !== undefined && !this.#has('says not where it begins')) {
      response.setHeader('last-event-id', this.#has('forgets in silence') ? since : (named ?? ''));
    }
    response.writeHead(200).flushHeaders();
    if (!this.#has('sends no comment')) response.write(':\n');
    const missed = since === undefined ? [] : this.#history.slice(at + 1);
    for (const update of missed) {
      const isFor = this.#has('replays other topics') || update.topics.some(matches);
      if (isFor && (mayReceive(update) || this.#has('replays what is private'))) response.write(update.text);
    }
    if (this.#has('replays what is live')) for (const { text } of this.#history.slice(-1)) response.write(text);
    this.#streams.add(stream);
    response.on('close', () => {
      this.#streams.delete(stream);
      if (this.#has('ends all streams with one')) for (const other of this.#streams) other.response.destroy();
    });
  }

  #publish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: Buffer): void {
    const status = this.#unauthorized(request, query);
    if (status !== undefined && !this.#has('lets everybody publish')) return this.#refuse(response, status);
    if (body.length > (this.#settings.max_message_bytes ?? Infinity) && !this.#has('takes what is too large')) {
      return this.#refuse(response, 413);
    }
    const text = body.toString();
    if (this.#has('dies of odd bytes') && text.includes('%ff')) {
      this.crashReason = 'its process ended';
      return this.stop();
    }
    const isJson = request.headers['content-type'] === 'application/json';
    if (isJson) return this.#has('reads JSON') ? void response.end('an-id') : this.#refuse(response, 400);
    const form = new URLSearchParams(text);
    const said = [...form.getAll('topic'), ...(this.#has('overlooks the query') ? [] : query.getAll('topic'))];
    const topics = this.#has('takes the first name only') ? said.slice(0, 1) : said;
    if (!this.#isUpdate(form, topics)) return this.#refuse(response, 400);
    if (this.#isForbidden(request, query, topics)) return this.#refuse(response, 403);
    const update = this.#update(form, topics);
    if (!(this.#has('drops what has no data') && !form.has('data'))) this.#broadcast(update);
    response.end(this.#has('makes another id') ? 'another' : update.id);
  }

  #isUpdate(form: URLSearchParams, topics: readonly string[]): boolean {
    if (this.#has('takes every form')) return true;
    const [id = '', type = '', retry] = [form.get('id') ?? '', form.get('type') ?? '', form.get('retry')];
    const isOneLine = !/[\r\n]/.test(id + type) || this.#has('writes ids and types as they are');
    return topics.length > 0 && !id.startsWith('#') && isOneLine && (retry === null || /^\d+$/.test(retry));
  }

  #update(form: URLSearchParams, topics: readonly string[]): Update {
    const given = this.#has('overlooks the id') ? null : form.get('id');
    const id = given ?? `urn:id:${++this.#generatedIds}`;
    const whole = form.get('data') ?? '';
    const data = this.#has('trims data') ? whole.trim() : whole;
    const lines = this.#has('writes data as one line') ? [data] : data.split(/\r\n|\r|\n/);
    const type = this.#has('overlooks the type') ? null : form.get('type');
    const retry = this.#has('overlooks the retry') ? null : form.get('retry');
    const fields = [`id: ${id}`, ...(type === null ? [] : [`event: ${type}`]), ...(retry === null ? [] : [`retry: ${retry}`])];
    const text = `${[...fields, ...lines.map((line) => `data: ${line}`)].join('\n')}\n\n`;
    return { id, topics, isPrivate: form.has('private'), text };
  }

  #broadcast(update: Update): void {
    this.#history.push(update);
    if (this.#history.length > (this.#settings.history_messages ?? MANY)) this.#lastDroppedId = this.#history.shift()?.id ?? '';
    for (const stream of this.#streams) {
      const times = this.#has('tells everybody') ? 1 : update.topics.filter(stream.matches).length;
      if (times === 0 || !stream.mayReceive(update)) continue;
      for (let n = 0; n < (this.#has('tells once for each name') ? times : 1); n++) this.#write(stream, update.text);
    }
  }

  #write({ response }: Stream, text: string): void {
    if (this.#has('tells the newest first')) return void setTimeout(() => response.write(text), Math.random() * 50);
    response.write(text);
    const most = this.#settings.send_buffer_bytes ?? Infinity;
    if (response.writableLength > most && !this.#has('keeps all for a slow reader')) response.destroy();
  }

  /** @returns undefined for what can not be listened to. */
  #selectors(query: URLSearchParams): ((topic: string) => boolean) | undefined {
    const topics = this.#has('takes the first topic only') ? query.getAll('topic').slice(0, 1) : query.getAll('topic');
    const all = topics.map((text) => this.#selector(text));
    for (const text of query.getAll('match')) {
      all.push(this.#has('takes a match for a template') ? this.#selector(text) : (topic) => topic === text);
    }
    for (const text of query.getAll('match_urlpattern')) {
      const isBad = text.includes('(') || text.includes('{');
      if (isBad && !this.#has('takes every pattern')) return undefined;
      const start = text.split('/:')[0] ?? '';
      all.push((topic) => topic.startsWith(`${start}/`) && !this.#has('knows no pattern'));
    }
    if (all.length === 0 && !this.#has('opens without a topic')) return undefined;
    return (topic) => all.some((fits) => fits(topic));
  }

  #selector(text: string): (topic: string) => boolean {
    if (text === '*' && !this.#has('knows no star')) return () => true;
    const part = this.#has('lets a template fit slashes') ? '.+' : '[^/]+';
    const source = text.split(/\{\w+\}/).map((one) => one.replaceAll(/[.+?^$()|[\]\\*{}]/g, '\\$&'));
    const pattern = new RegExp(`^${source.join(part)}$`);
    return (topic) => topic === text || (!this.#has('knows no template') && pattern.test(topic));
  }

  #covers(selectors: readonly string[], topic: string): boolean {
    if (this.#has('knows no selector in claims')) return selectors.includes(topic) || selectors.includes('*');
    return selectors.some((text) => this.#selector(text)(topic));
  }

  /** @returns why somebody may not publish at all. */
  #unauthorized(request: IncomingMessage, query: URLSearchParams): number | undefined {
    if (this.#settings.mercure_open === true && !this.#has('is never open')) return undefined;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    if (typeof claims === 'string') return 401;
    const { cookie, origin, authorization } = request.headers;
    const isByCookie = authorization === undefined && cookie !== undefined;
    const isListed = (this.#settings.cors ?? []).includes(origin ?? '') && !this.#has('trusts no cookie');
    return isByCookie && !isListed && !this.#has('trusts cookies of every page') ? 403 : undefined;
  }

  #isForbidden(request: IncomingMessage, query: URLSearchParams, topics: readonly string[]): boolean {
    const isOpen = this.#settings.mercure_open === true;
    if (isOpen || this.#has('overlooks the claim') || this.#has('lets everybody publish')) return false;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    const allowed = typeof claims === 'string' ? [] : (claims.publish ?? []);
    const covers = (topic: string): boolean => this.#covers(allowed, topic);
    return !(this.#has('asks for one name only') ? topics.some(covers) : topics.every(covers));
  }

  #claims({ headers }: IncomingMessage, query: URLSearchParams, key = ''): Claims | 'none' | 'worthless' {
    const bearer = headers.authorization?.slice('Bearer '.length);
    const asked = this.#has('knows no token in the query') ? null : query.get('authorization');
    const cookie = this.#has('knows no cookie') ? undefined : /mercureAuthorization=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    const token = bearer ?? asked ?? cookie;
    return token === undefined ? 'none' : (this.#verify(token, key) ?? 'worthless');
  }

  #verify(token: string, key: string): Claims | undefined {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (payload === '') return undefined;
    const { alg } = parsed(head) as { alg: string };
    const { mercure = {}, exp = Infinity } = parsed(payload) as { mercure?: Claims; exp?: number };
    const isSigned = createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url') === signature;
    const isUnsigned = alg === 'none' && this.#has('believes what nobody signed');
    if (!isSigned && !isUnsigned && !(this.#has('believes every signature') && alg !== 'none')) return undefined;
    return exp * 1_000 > Date.now() || this.#has('believes what is over') ? { ...mercure, exp } : undefined;
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
