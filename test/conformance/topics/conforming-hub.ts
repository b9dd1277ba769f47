import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../../../conformance/settings.ts';
import { LoopbackServer } from './loopback-server.ts';

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
  | 'rejects preflights'
  | 'does not match template characters literally'
  | 'ignores match_exact'
  | 'ignores unknown match parameters'
  | 'ignores last_event_id in the query'
  | 'uses the query before the header'
  | 'replays without being asked'
  | 'does not know earliest'
  | 'replays nothing after an unknown id'
  | 'replays the data only'
  | 'replays by the first topic only'
  | 'replays once per topic'
  | 'replays exact names only'
  | 'replays one update per id'
  | 'replays private updates for earliest'
  | 'replays private updates after an unknown id'
  | 'requires the bare content type'
  | 'decodes no plus signs'
  | 'counts ids by the second'
  | 'sends empty ids'
  | 'accepts the id earliest'
  | 'returns the id as HTML'
  | 'splits data at other line ends'
  | 'cuts data at a null character'
  | 'removes a byte order mark'
  | 'removes an empty first line'
  | 'treats a colon as a comment'
  | 'escapes HTML'
  | 'serializes JSON again'
  | 'cuts large data'
  | 'compares topics in lower case'
  | 'orders updates per stream'
  | 'sends no challenge'
  | 'compares the scheme exactly'
  | 'accepts two tokens'
  | 'reads the cookie first'
  | 'has one key'
  | 'verifies publishers with the subscriber key'
  | 'grants by the publish claim'
  | 'reads private as a truth value'
  | 'sends no Vary'
  | 'compares the start of an origin'
  | 'compares the end of an origin'
  | 'ignores the scheme of an origin'
  | 'ignores the port of an origin'
  | 'allows the origin null'
  | 'ignores nbf'
  | 'accepts any exp'
  | 'ignores authorization_details'
  | 'ignores the actions of details'
  | 'ignores the topics of details'
  | 'treats details as templates'
  | 'ignores the type of details'
  | 'treats missing topics as all'
  | 'treats missing actions as all'
  | 'treats unknown match types as patterns'
  | 'accepts details that are no objects'
  | 'accepts empty details'
  | 'accepts access tokens without an expiry'
  | 'ignores the secure cookie'
  | 'requires an expiry of all tokens'
  | 'reads the first detail only'
  | 'ignores URL patterns of details'
  | 'treats * of details as a name'
  | 'requires a match type'
  | 'reads Latin-1'
  | 'drops updates with empty data'
  | 'removes blanks from topics';

interface Update {
  readonly id: string;
  readonly data: string;
  readonly topics: readonly string[];
  readonly isPrivate: boolean;
  readonly text: string;
}

interface Stream {
  readonly response: ServerResponse;
  readonly matches: (topic: string) => boolean;
  readonly mayReceive: (update: Update) => boolean;
}

type Matcher = (topic: string) => boolean;
type Claims = { readonly publish?: readonly Matcher[]; readonly subscribe?: readonly Matcher[]; readonly exp: number };
type LegacyClaims = { readonly publish?: readonly string[]; readonly subscribe?: readonly string[] };
type Detail = {
  readonly type?: string;
  readonly actions?: readonly string[];
  readonly topics?: readonly { readonly match: string; readonly match_type?: string }[];
} | null;
type Payload = { mercure?: LegacyClaims; authorization_details?: readonly Detail[]; exp?: unknown; nbf?: number };

const FORM_TYPE = 'application/x-www-form-urlencoded';
const KNOWN_PARAMETERS = ['match', 'match_exact', 'match_urlpattern'];
const PATH = '/.well-known/mercure';
const MANY = 1_000;

/** A small Mercure hub with at most one fault, which otherwise passes every case. Shares no code with Signalbox. */
export class ConformingHub {
  crashReason: string | undefined;
  readonly #settings: Settings;
  readonly #fault: HubFault | undefined;
  readonly #server = new LoopbackServer((request, response) => void this.#handle(request, response));
  readonly #streams = new Set<Stream>();
  readonly #history: Update[] = [];
  #lastDroppedId = 'earliest';
  #generatedIds = 0;
  #heartbeatTimer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, fault?: HubFault) {
    this.#settings = settings;
    this.#fault = fault;
  }

  start(): Promise<number> {
    this.#heartbeatTimer = setInterval(() => this.#sendHeartbeats(), this.#settings.stream_heartbeat ?? 60_000);
    return this.#server.start();
  }

  stop(): void {
    clearInterval(this.#heartbeatTimer);
    this.#server.stop();
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
    if (!this.#has('sends no Vary')) response.setHeader('vary', 'Origin');
    if (origin === undefined || (cors.length > 0 && !this.#isListed(origin) && !this.#has('allows any origin'))) return;
    response.setHeader('access-control-allow-origin', origin);
    if (!this.#has('allows no credentials')) response.setHeader('access-control-allow-credentials', 'true');
  }

  #isListed(origin: string): boolean {
    const { cors = [] } = this.#settings;
    const bare = (text: string): string => text.replace(/^\w+:\/\//, '');
    return cors.some((one) => {
      if (this.#has('compares the start of an origin') && origin.startsWith(one)) return true;
      if (this.#has('compares the end of an origin') && origin.endsWith(bare(one))) return true;
      if (this.#has('ignores the scheme of an origin') && bare(origin) === bare(one)) return true;
      if (this.#has('ignores the port of an origin') && origin.replace(/:\d+$/, '') === one.replace(/:\d+$/, '')) return true;
      return one === origin || (this.#has('allows the origin null') && origin === 'null');
    });
  }

  #preflight({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.#has('rejects preflights')) return void response.writeHead(404).end();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '');
    response.writeHead(204).end();
  }

  #refuse(response: ServerResponse, status: number): void {
    if (this.#has('has no CORS headers on refusals')) response.removeHeader('access-control-allow-origin');
    if (status === 401 && !this.#has('sends no challenge')) response.setHeader('www-authenticate', 'Bearer');
    response.writeHead(status).end();
  }

  #subscribe(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const matches = this.#selectors(query);
    if (matches === undefined) return this.#refuse(response, 400);
    const key = this.#has('has one key') ? this.#settings.mercure_publisher_key : this.#settings.mercure_subscriber_key;
    const claims = this.#claims(request, query, key);
    const isOpen = this.#settings.mercure_open === true && !this.#has('requires a token on an open hub');
    const isGuest =
      isOpen || this.#has('lets all clients subscribe') || (claims === 'none' && this.#settings.mercure_anonymous === true);
    if (typeof claims === 'string' && !isGuest) return this.#refuse(response, 401);
    if (this.#isForeign(request)) return this.#refuse(response, 403);
    if (typeof claims !== 'string') this.#endAt(response, claims.exp);
    const granted = typeof claims === 'string' ? undefined : claims;
    const cleared = (this.#has('grants by the publish claim') ? granted?.publish : granted?.subscribe) ?? [];
    const mayReceive = ({ isPrivate, topics }: Update): boolean =>
      isOpen ||
      !isPrivate ||
      this.#has('delivers private updates to all') ||
      topics.some((topic) => cleared.some((fits) => fits(topic)));
    this.#openStream({ response, matches, mayReceive }, this.#lastEventId(request, query));
  }

  /** MER10 */
  #isForeign({ headers: { authorization, cookie, origin } }: IncomingMessage): boolean {
    const isByCookie = authorization === undefined && cookie !== undefined && origin !== undefined;
    return isByCookie && !this.#isListed(origin) && !this.#has('streams to any origin with a cookie');
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
    const named = this.#has('ignores last_event_id in the query') ? undefined : query.get('last_event_id');
    const since = this.#has('uses the query before the header') ? (lookup ?? named ?? header) : (header ?? lookup ?? named);
    return since === null || since === undefined ? undefined : String(since);
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
    for (const update of this.#missed(since, at)) {
      const topics = this.#has('replays by the first topic only') ? update.topics.slice(0, 1) : update.topics;
      const times = this.#has('replays other topics') ? 1 : topics.filter(matches).length;
      const isLeak =
        this.#has('replays private updates to all') ||
        (this.#has('replays private updates for earliest') && since === 'earliest') ||
        (this.#has('replays private updates after an unknown id') && at < 0 && since !== 'earliest');
      if (times === 0 || !(mayReceive(update) || isLeak)) continue;
      if (this.#has('replays exact names only') && matches('a topic that nobody publishes on')) continue;
      const text = this.#has('replays the data only') ? `id: ${update.id}\ndata: ${update.data}\n\n` : update.text;
      for (let n = 0; n < (this.#has('replays once per topic') ? times : 1); n++) response.write(text);
    }
    if (this.#has('replays live updates')) for (const { text } of this.#history.slice(-1)) response.write(text);
    this.#streams.add(stream);
    response.on('close', () => {
      this.#streams.delete(stream);
      if (this.#has('ends all streams after one disconnects')) for (const other of this.#streams) other.response.destroy();
    });
  }

  #missed(since: string | undefined, at: number): readonly Update[] {
    if (since === undefined) return this.#has('replays without being asked') ? this.#history : [];
    if (since === 'earliest' ? this.#has('does not know earliest') : at < 0 && this.#has('replays nothing after an unknown id')) {
      return [];
    }
    const missed = this.#history.slice(at + 1);
    if (!this.#has('replays one update per id')) return missed;
    return missed.filter(({ id }, n) => missed.findLastIndex((one) => one.id === id) === n);
  }

  #publish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, body: Buffer): void {
    const status = this.#unauthorized(request, query);
    if (status !== undefined && !this.#has('lets all clients publish')) return this.#refuse(response, status);
    if (body.length > (this.#settings.max_message_bytes ?? Infinity) && !this.#has('accepts oversized updates')) {
      return this.#refuse(response, 413);
    }
    const text = body.toString();
    const hasNoData = (form: URLSearchParams): boolean =>
      this.#has('drops updates with empty data')
        ? !form.get('data')
        : this.#has('drops updates without data') && !form.has('data');
    if (this.#has('crashes on invalid UTF-8') && text.includes('%ff')) {
      this.crashReason = 'its process exited';
      return this.stop();
    }
    if (this.#has('requires the bare content type') && request.headers['content-type'] !== FORM_TYPE) {
      return this.#refuse(response, 415);
    }
    const isJson = request.headers['content-type'] === 'application/json';
    if (isJson) return this.#has('accepts JSON') ? void response.end('an-id') : this.#refuse(response, 400);
    const form = new URLSearchParams(this.#has('decodes no plus signs') ? text.replaceAll('+', '%2B') : text);
    const said = [...form.getAll('topic'), ...(this.#has('ignores the query') ? [] : query.getAll('topic'))];
    const topics = this.#has('uses the first topic only') ? said.slice(0, 1) : said;
    if (!this.#isUpdate(form, topics)) return this.#refuse(response, 400);
    if (this.#isForbidden(request, query, topics)) return this.#refuse(response, 403);
    const update = this.#update(form, topics);
    if (!hasNoData(form)) this.#broadcast(update);
    response.setHeader('content-type', this.#has('returns the id as HTML') ? 'text/html' : 'text/plain');
    response.end(this.#has('returns another id') ? 'another' : update.id);
  }

  #isUpdate(form: URLSearchParams, topics: readonly string[]): boolean {
    if (this.#has('accepts invalid forms')) return true;
    const [id, type, retry] = [form.get('id') ?? '', form.get('type') ?? '', form.get('retry')];
    const isOneLine = !/[\r\n]/.test(id + type) || this.#has('allows line breaks in ids and types');
    if (id === 'earliest' && !this.#has('accepts the id earliest')) return false;
    return topics.length > 0 && !id.startsWith('#') && isOneLine && (retry === null || /^\d+$/.test(retry));
  }

  #update(form: URLSearchParams, topics: readonly string[]): Update {
    const given = this.#has('ignores the id') ? null : form.get('id');
    const keeps = given === '' ? this.#has('sends empty ids') : given !== null;
    const made = this.#has('counts ids by the second') ? Math.floor(Date.now() / 1_000) : ++this.#generatedIds;
    const id = keeps ? (given ?? '') : `urn:id:${made}`;
    const data = this.#dataOf(form.get('data') ?? '');
    const other = this.#has('splits data at other line ends') ? /\r\n|[\r\n\v\f\x1c\x85\u2028\u2029]/ : /\r\n|\r|\n/;
    const lines = this.#has('writes data as one line') ? [data] : data.split(other);
    if (this.#has('removes an empty first line') && lines[0] === '' && lines.length > 1) lines.shift();
    const type = this.#has('ignores the type') ? null : form.get('type');
    const retry = this.#has('ignores the retry') ? null : form.get('retry');
    const fields = [`id: ${id}`, ...(type === null ? [] : [`event: ${type}`]), ...(retry === null ? [] : [`retry: ${retry}`])];
    const text = `${[...fields, ...lines.map((line) => `data: ${line}`)].join('\n')}\n\n`;
    const value = form.get('private');
    const isTrue = value !== null && !['', '0', 'false', 'off'].includes(value);
    const isPrivate = this.#has('reads private as a truth value') ? isTrue : value !== null;
    return { id, topics, data, isPrivate, text };
  }

  #dataOf(data: string): string {
    if (this.#has('reads Latin-1')) return Buffer.from(data).toString('latin1');
    if (this.#has('trims data')) return data.trim();
    if (this.#has('cuts data at a null character')) return data.split('\0')[0] ?? '';
    if (this.#has('removes a byte order mark')) return data.replace(/^\ufeff/, '');
    if (this.#has('treats a colon as a comment') && data.startsWith(':')) return '';
    if (this.#has('escapes HTML')) return data.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    if (this.#has('serializes JSON again') && data.startsWith('{')) return JSON.stringify(JSON.parse(data));
    return this.#has('cuts large data') ? data.slice(0, 8_192) : data;
  }

  #broadcast(update: Update): void {
    this.#history.push(update);
    if (this.#history.length > (this.#settings.history_messages ?? MANY)) this.#lastDroppedId = this.#history.shift()?.id ?? '';
    for (const stream of this.#streams) {
      const topics = this.#has('compares topics in lower case')
        ? update.topics.flatMap((one) => [one, one.toLowerCase()])
        : update.topics;
      const times = this.#has('delivers to all subscribers') ? 1 : topics.filter(stream.matches).length;
      if (times === 0 || !stream.mayReceive(update)) continue;
      for (let n = 0; n < (this.#has('delivers once per topic') ? times : 1); n++) this.#write(stream, update.text);
    }
  }

  #write({ response }: Stream, text: string): void {
    if (this.#has('orders updates per stream') && this.#streams.values().next().value?.response === response) {
      return void setTimeout(() => response.write(text), Math.random() * 50);
    }
    if (this.#has('reorders updates')) return void setTimeout(() => response.write(text), Math.random() * 50);
    response.write(text);
    const most = this.#settings.send_buffer_bytes ?? Infinity;
    if (response.writableLength > most && !this.#has('buffers without a limit')) response.destroy();
  }

  /** @returns undefined for invalid selectors. */
  #selectors(query: URLSearchParams): ((topic: string) => boolean) | undefined {
    const topics = this.#has('uses the first selector only') ? query.getAll('topic').slice(0, 1) : query.getAll('topic');
    const all = topics.map((text) => this.#selector(text));
    const isUnknown = [...query.keys()].some((name) => name.startsWith('match') && !KNOWN_PARAMETERS.includes(name));
    if (isUnknown && !this.#has('ignores unknown match parameters')) return undefined;
    const exact = this.#has('ignores match_exact') ? [] : query.getAll('match_exact');
    for (const text of exact) all.push((topic) => topic === text);
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
    if (this.#has('removes blanks from topics')) text = text.replaceAll(' ', '');
    if (text === '*' && !this.#has('does not match *')) return () => true;
    const part = this.#has('matches slashes with a template') ? '.+' : '[^/]+';
    const special = this.#has('does not match template characters literally') ? /[+?^$()|[\]\\*{}]/g : /[.+?^$()|[\]\\*{}]/g;
    const source = text.split(/\{\w+\}/).map((one) => one.replaceAll(special, '\\$&'));
    const pattern = new RegExp(`^${source.join(part)}$`);
    return (topic) => topic === text || (!this.#has('does not match templates') && pattern.test(topic));
  }

  get #publisherKey(): string | undefined {
    const { mercure_publisher_key: publisher, mercure_subscriber_key: subscriber } = this.#settings;
    return this.#has('verifies publishers with the subscriber key') ? subscriber : publisher;
  }

  /** @returns the status if publishing is refused. */
  #unauthorized(request: IncomingMessage, query: URLSearchParams): number | undefined {
    if (this.#settings.mercure_open === true && !this.#has('requires a token on an open hub')) return undefined;
    const claims = this.#claims(request, query, this.#publisherKey);
    if (/^Bearer \S+ \S/i.test(request.headers.authorization ?? '') && !this.#has('accepts two tokens')) return 400;
    if (typeof claims === 'string') return 401;
    const { cookie, origin, authorization } = request.headers;
    const isByCookie = authorization === undefined && cookie !== undefined;
    const isListed = this.#isListed(origin ?? '') && !this.#has('rejects cookies of listed origins');
    return isByCookie && !isListed && !this.#has('accepts cookies of any origin') ? 403 : undefined;
  }

  #isForbidden(request: IncomingMessage, query: URLSearchParams, topics: readonly string[]): boolean {
    const isOpen = this.#settings.mercure_open === true;
    if (isOpen || this.#has('ignores the publish claim') || this.#has('lets all clients publish')) return false;
    const claims = this.#claims(request, query, this.#publisherKey);
    const allowed = typeof claims === 'string' ? [] : (claims.publish ?? []);
    const covers = (topic: string): boolean => allowed.some((fits) => fits(topic));
    return !(this.#has('requires a claim for one topic only') ? topics.some(covers) : topics.every(covers));
  }

  #claims({ headers }: IncomingMessage, query: URLSearchParams, key = ''): Claims | 'none' | 'worthless' {
    const scheme = this.#has('compares the scheme exactly') ? /^Bearer (\S+)/ : /^Bearer (\S+)/i;
    const bearer = scheme.exec(headers.authorization ?? '')?.[1];
    const lookup = this.#has('ignores the token in the query') ? null : query.get('authorization');
    const cookies = [
      ...(this.#has('ignores the secure cookie') ? [] : [/__Secure-mercure_access_token=([^;]+)/]),
      ...(this.#has('ignores the cookie') ? [] : [/mercureAuthorization=([^;]+)/]),
    ];
    const cookie = cookies.map((one) => one.exec(headers.cookie ?? '')?.[1]).find((one) => one !== undefined);
    const token = this.#has('reads the cookie first') ? (cookie ?? bearer ?? lookup) : (bearer ?? lookup ?? cookie);
    return token === undefined || token === null ? 'none' : (this.#verify(token, key) ?? 'worthless');
  }

  #verify(token: string, key: string): Claims | undefined {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (payload === '') return undefined;
    const { alg, typ } = parsed(head) as { alg: string; typ: string };
    const body = parsed(payload) as Payload;
    const isSigned = createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url') === signature;
    const isUnsigned = alg === 'none' && this.#has('accepts unsigned tokens');
    if (!isSigned && !isUnsigned && !(this.#has('accepts any signature') && alg !== 'none')) return undefined;
    const { exp = Infinity, nbf = 0 } = body;
    if (typeof exp !== 'number') return this.#has('accepts any exp') ? this.#granted(body, Infinity) : undefined;
    if (exp * 1_000 <= Date.now() && !this.#has('accepts expired tokens')) return undefined;
    if (nbf * 1_000 > Date.now() && !this.#has('ignores nbf')) return undefined;
    const isAccess = typ === 'at+jwt' && !this.#has('accepts access tokens without an expiry');
    if (exp === Infinity && (isAccess || this.#has('requires an expiry of all tokens'))) return undefined;
    return this.#granted(body, exp);
  }

  #granted({ mercure = {}, authorization_details: details }: Payload, exp: number): Claims | undefined {
    const isLegacy = details === undefined || this.#has('ignores authorization_details');
    if (!isLegacy) return detailedClaims(details, exp, (fault) => this.#has(fault));
    const matchers = (list: readonly string[] = []): Matcher[] =>
      list.map((text) =>
        this.#has('compares claims literally') && text !== '*' ? (topic) => topic === text : this.#selector(text),
      );
    return { publish: matchers(mercure.publish), subscribe: matchers(mercure.subscribe), exp };
  }
}

/** The claims of Mercure 1.0. @returns undefined for malformed details. */
function detailedClaims(details: readonly Detail[], exp: number, has: (fault: HubFault) => boolean): Claims | undefined {
  const allowed = { publish: [] as Matcher[], subscribe: [] as Matcher[] };
  if (has('accepts empty details') && details.length === 0) allowed.publish.push(() => true);
  for (const detail of has('reads the first detail only') ? details.slice(0, 1) : details) {
    if (typeof detail !== 'object' || detail === null) {
      if (!has('accepts details that are no objects')) return undefined;
      allowed.publish.push((topic) => topic === detail || detail === '*');
      continue;
    }
    const { type, actions = has('treats missing actions as all') ? ['publish'] : undefined } = detail;
    if (type !== 'https://mercure.rocks/authorization-detail' && !has('ignores the type of details')) continue;
    const topics = detail.topics ?? (has('treats missing topics as all') ? [{ match: '*' }] : undefined);
    if (actions === undefined || topics === undefined) {
      if (has('ignores the type of details')) continue;
      return undefined;
    }
    for (const { match, match_type: kind = has('requires a match type') ? 'none' : 'exact' } of topics) {
      const fits = detailMatcher(match, kind, has);
      if (fits === undefined) return undefined;
      for (const action of has('ignores the actions of details') ? (['publish', 'subscribe'] as const) : actions) {
        if (action === 'publish' || action === 'subscribe') allowed[action].push(fits);
      }
    }
  }
  return { ...allowed, exp };
}

function detailMatcher(match: string, kind: string, has: (fault: HubFault) => boolean): Matcher | undefined {
  if ((match === '*' && !has('treats * of details as a name')) || has('ignores the topics of details')) return () => true;
  if (kind === 'urlpattern') {
    const start = match.replace(/:id$/, '');
    return (topic) => topic.startsWith(start) && !has('ignores URL patterns of details');
  }
  if (kind !== 'exact') {
    return has('treats unknown match types as patterns') ? (topic) => new RegExp(match).test(topic) : undefined;
  }
  const start = match.replace(/\{id\}$/, '');
  return (topic) => topic === match || (has('treats details as templates') && start !== match && topic.startsWith(start));
}

function parsed(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
