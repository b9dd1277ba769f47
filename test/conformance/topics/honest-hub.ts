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
  readonly fits: (topic: string) => boolean;
  readonly sees: (update: Update) => boolean;
}

type Claims = { readonly publish?: readonly string[]; readonly subscribe?: readonly string[]; readonly exp?: number };

const PATH = '/.well-known/mercure';
const MANY = 1_000;

/** A small Mercure hub that keeps every rule of the suite but one. It shares no line with Signalbox. */
export class HonestHub {
  ending: string | undefined;
  readonly #settings: Settings;
  readonly #fault: HubFault | undefined;
  readonly #http = createServer((request, response) => void this.#answers(request, response));
  readonly #connections = new Set<Socket>();
  readonly #streams = new Set<Stream>();
  readonly #history: Update[] = [];
  #forgotten = 'earliest';
  #made = 0;
  #heart: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: HubFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  async starts(): Promise<number> {
    this.#http.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#heart = setInterval(() => this.#beats(), this.#settings.stream_heartbeat ?? 60_000);
    return (this.#http.address() as AddressInfo).port;
  }

  stops(): void {
    clearInterval(this.#heart);
    this.#http.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #is(fault: HubFault): boolean {
    return this.#fault === fault;
  }

  #beats(): void {
    if (!this.#is('beats no heart')) for (const { response } of this.#streams) response.write(':\n');
  }

  async #answers(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://here');
    const isHere = url.pathname === PATH || (url.pathname === `${PATH}/` && !this.#is('knows no slash'));
    if (!isHere) return void response.writeHead(404).end();
    this.#welcomes(request, response);
    if (request.method === 'OPTIONS') return this.#preflight(request, response);
    if (request.method === 'GET') return this.#opens(request, response, url.searchParams);
    const body = await bodyOf(request);
    this.#publishes(request, response, url.searchParams, body);
  }

  #welcomes({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    const { cors = [] } = this.#settings;
    if (origin === undefined || (cors.length > 0 && !cors.includes(origin) && !this.#is('welcomes every page'))) return;
    response.setHeader('access-control-allow-origin', origin);
    if (!this.#is('knows no credentials')) response.setHeader('access-control-allow-credentials', 'true');
  }

  #preflight({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.#is('answers no preflight')) return void response.writeHead(404).end();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '');
    response.writeHead(204).end();
  }

  #refuses(response: ServerResponse, status: number): void {
    if (this.#is('refuses without a word to pages')) response.removeHeader('access-control-allow-origin');
    response.writeHead(status).end();
  }

  #opens(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const fits = this.#selectors(query);
    if (fits === undefined) return this.#refuses(response, 400);
    const claims = this.#claims(request, query, this.#settings.mercure_subscriber_key);
    const isOpen = this.#settings.mercure_open === true && !this.#is('is never open');
    const isGuest =
      isOpen || this.#is('lets everybody subscribe') || (claims === 'none' && this.#settings.mercure_anonymous === true);
    if (typeof claims === 'string' && !isGuest) return this.#refuses(response, 401);
    if (this.#isForeign(request)) return this.#refuses(response, 403);
    if (typeof claims !== 'string') this.#endsAt(response, claims.exp);
    const cleared = typeof claims === 'string' ? [] : (claims.subscribe ?? []);
    const sees = ({ isPrivate, topics }: Update): boolean =>
      isOpen || !isPrivate || this.#is('tells what is private') || topics.some((topic) => this.#covers(cleared, topic));
    this.#streamsTo({ response, fits, sees }, this.#since(request, query));
  }

  /** MER10 */
  #isForeign({ headers: { authorization, cookie, origin } }: IncomingMessage): boolean {
    const isByCookie = authorization === undefined && cookie !== undefined && origin !== undefined;
    return isByCookie && !(this.#settings.cors ?? []).includes(origin) && !this.#is('streams to every page by cookie');
  }

  /** MER12 */
  #endsAt(response: ServerResponse, exp = Infinity): void {
    if (exp === Infinity || this.#is('streams beyond the token')) return;
    const timer = setTimeout(() => response.end(), exp * 1_000 - Date.now());
    response.on('close', () => clearTimeout(timer));
  }

  #since({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
    const header = this.#is('overlooks the header') ? undefined : headers['last-event-id'];
    const asked = this.#is('overlooks the id in the query') ? undefined : (query.get('lastEventID') ?? undefined);
    return header === undefined ? asked : String(header);
  }

  #streamsTo(stream: Stream, since: string | undefined): void {
    const { response, fits, sees } = stream;
    response.setHeader('content-type', this.#is('answers with JSON') ? 'application/json' : 'text/event-stream');
    if (!this.#is('may be kept')) response.setHeader('cache-control', 'no-store');
    const at = this.#history.findIndex(({ id }) => id === since);
    const named = at < 0 ? this.#forgotten : since;
    if (since !== undefined && !this.#is('says not where it begins')) {
      response.setHeader('last-event-id', this.#is('forgets in silence') ? since : (named ?? ''));
    }
    response.writeHead(200).flushHeaders();
    if (!this.#is('sends no comment')) response.write(':\n');
    const missed = since === undefined ? [] : this.#history.slice(at + 1);
    for (const update of missed) {
      const isFor = this.#is('replays other topics') || update.topics.some(fits);
      if (isFor && (sees(update) || this.#is('replays what is private'))) response.write(update.text);
    }
    if (this.#is('replays what is live')) for (const { text } of this.#history.slice(-1)) response.write(text);
    this.#streams.add(stream);
    response.on('close', () => {
      this.#streams.delete(stream);
      if (this.#is('ends all streams with one')) for (const other of this.#streams) other.response.destroy();
    });
  }

  #publishes(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: Buffer): void {
    const status = this.#unauthorized(request, query);
    if (status !== undefined && !this.#is('lets everybody publish')) return this.#refuses(response, status);
    if (body.length > (this.#settings.max_message_bytes ?? Infinity) && !this.#is('takes what is too large')) {
      return this.#refuses(response, 413);
    }
    const text = body.toString();
    if (this.#is('dies of odd bytes') && text.includes('%ff')) {
      this.ending = 'its process ended';
      return this.stops();
    }
    const isJson = request.headers['content-type'] === 'application/json';
    if (isJson) return this.#is('reads JSON') ? void response.end('an-id') : this.#refuses(response, 400);
    const form = new URLSearchParams(text);
    const said = [...form.getAll('topic'), ...(this.#is('overlooks the query') ? [] : query.getAll('topic'))];
    const topics = this.#is('takes the first name only') ? said.slice(0, 1) : said;
    if (!this.#isUpdate(form, topics)) return this.#refuses(response, 400);
    if (this.#mayNot(request, query, topics)) return this.#refuses(response, 403);
    const update = this.#update(form, topics);
    if (!(this.#is('drops what has no data') && !form.has('data'))) this.#tells(update);
    response.end(this.#is('makes another id') ? 'another' : update.id);
  }

  #isUpdate(form: URLSearchParams, topics: readonly string[]): boolean {
    if (this.#is('takes every form')) return true;
    const [id = '', type = '', retry] = [form.get('id') ?? '', form.get('type') ?? '', form.get('retry')];
    const isOneLine = !/[\r\n]/.test(id + type) || this.#is('writes ids and types as they are');
    return topics.length > 0 && !id.startsWith('#') && isOneLine && (retry === null || /^\d+$/.test(retry));
  }

  #update(form: URLSearchParams, topics: readonly string[]): Update {
    const given = this.#is('overlooks the id') ? null : form.get('id');
    const id = given ?? `urn:id:${++this.#made}`;
    const whole = form.get('data') ?? '';
    const data = this.#is('trims data') ? whole.trim() : whole;
    const lines = this.#is('writes data as one line') ? [data] : data.split(/\r\n|\r|\n/);
    const type = this.#is('overlooks the type') ? null : form.get('type');
    const retry = this.#is('overlooks the retry') ? null : form.get('retry');
    const fields = [`id: ${id}`, ...(type === null ? [] : [`event: ${type}`]), ...(retry === null ? [] : [`retry: ${retry}`])];
    const text = `${[...fields, ...lines.map((line) => `data: ${line}`)].join('\n')}\n\n`;
    return { id, topics, isPrivate: form.has('private'), text };
  }

  #tells(update: Update): void {
    this.#history.push(update);
    if (this.#history.length > (this.#settings.history_messages ?? MANY)) this.#forgotten = this.#history.shift()?.id ?? '';
    for (const stream of this.#streams) {
      const times = this.#is('tells everybody') ? 1 : update.topics.filter(stream.fits).length;
      if (times === 0 || !stream.sees(update)) continue;
      for (let n = 0; n < (this.#is('tells once for each name') ? times : 1); n++) this.#writes(stream, update.text);
    }
  }

  #writes({ response }: Stream, text: string): void {
    if (this.#is('tells the newest first')) return void setTimeout(() => response.write(text), Math.random() * 50);
    response.write(text);
    const most = this.#settings.send_buffer_bytes ?? Infinity;
    if (response.writableLength > most && !this.#is('keeps all for a slow reader')) response.destroy();
  }

  /** @returns undefined for what can not be listened to. */
  #selectors(query: URLSearchParams): ((topic: string) => boolean) | undefined {
    const topics = this.#is('takes the first topic only') ? query.getAll('topic').slice(0, 1) : query.getAll('topic');
    const all = topics.map((text) => this.#selector(text));
    for (const text of query.getAll('match')) {
      all.push(this.#is('takes a match for a template') ? this.#selector(text) : (topic) => topic === text);
    }
    for (const text of query.getAll('match_urlpattern')) {
      const isBad = text.includes('(') || text.includes('{');
      if (isBad && !this.#is('takes every pattern')) return undefined;
      const start = text.split('/:')[0] ?? '';
      all.push((topic) => topic.startsWith(`${start}/`) && !this.#is('knows no pattern'));
    }
    if (all.length === 0 && !this.#is('opens without a topic')) return undefined;
    return (topic) => all.some((fits) => fits(topic));
  }

  #selector(text: string): (topic: string) => boolean {
    if (text === '*' && !this.#is('knows no star')) return () => true;
    const part = this.#is('lets a template fit slashes') ? '.+' : '[^/]+';
    const source = text.split(/\{\w+\}/).map((one) => one.replaceAll(/[.+?^$()|[\]\\*{}]/g, '\\$&'));
    const pattern = new RegExp(`^${source.join(part)}$`);
    return (topic) => topic === text || (!this.#is('knows no template') && pattern.test(topic));
  }

  #covers(selectors: readonly string[], topic: string): boolean {
    if (this.#is('knows no selector in claims')) return selectors.includes(topic) || selectors.includes('*');
    return selectors.some((text) => this.#selector(text)(topic));
  }

  /** @returns why somebody may not publish at all. */
  #unauthorized(request: IncomingMessage, query: URLSearchParams): number | undefined {
    if (this.#settings.mercure_open === true && !this.#is('is never open')) return undefined;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    if (typeof claims === 'string') return 401;
    const { cookie, origin, authorization } = request.headers;
    const isByCookie = authorization === undefined && cookie !== undefined;
    const isListed = (this.#settings.cors ?? []).includes(origin ?? '') && !this.#is('trusts no cookie');
    return isByCookie && !isListed && !this.#is('trusts cookies of every page') ? 403 : undefined;
  }

  #mayNot(request: IncomingMessage, query: URLSearchParams, topics: readonly string[]): boolean {
    const isOpen = this.#settings.mercure_open === true;
    if (isOpen || this.#is('overlooks the claim') || this.#is('lets everybody publish')) return false;
    const claims = this.#claims(request, query, this.#settings.mercure_publisher_key);
    const allowed = typeof claims === 'string' ? [] : (claims.publish ?? []);
    const covers = (topic: string): boolean => this.#covers(allowed, topic);
    return !(this.#is('asks for one name only') ? topics.some(covers) : topics.every(covers));
  }

  #claims({ headers }: IncomingMessage, query: URLSearchParams, key = ''): Claims | 'none' | 'worthless' {
    const bearer = headers.authorization?.slice('Bearer '.length);
    const asked = this.#is('knows no token in the query') ? null : query.get('authorization');
    const cookie = this.#is('knows no cookie') ? undefined : /mercureAuthorization=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    const token = bearer ?? asked ?? cookie;
    return token === undefined ? 'none' : (this.#believed(token, key) ?? 'worthless');
  }

  #believed(token: string, key: string): Claims | undefined {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (payload === '') return undefined;
    const { alg } = parsed(head) as { alg: string };
    const { mercure = {}, exp = Infinity } = parsed(payload) as { mercure?: Claims; exp?: number };
    const isSigned = createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url') === signature;
    const isUnsigned = alg === 'none' && this.#is('believes what nobody signed');
    if (!isSigned && !isUnsigned && !(this.#is('believes every signature') && alg !== 'none')) return undefined;
    return exp * 1_000 > Date.now() || this.#is('believes what is over') ? { ...mercure, exp } : undefined;
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
