import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { allows, isJwt, readClientToken, type Rights, type TokenProblem } from './client-token.ts';
import { ConformingHttp, type HttpRequest, type Reply } from './conforming-http.ts';

/** One entry of `iceServers`. */
interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const NO_STORE = { 'cache-control': 'no-store' };
const DEFAULT_TTL_SECONDS = 3_600;
const USER_LENGTH = 16;

/** Authentication (A1 to A12) and ICE servers (I1 to I12). A mutant overrides one or more of these methods. */
export abstract class ConformingAccess extends ConformingHttp {
  /** A8: failed authentications by address. */
  readonly #failures = new Map<string, number>();
  /** I6: requests by address. */
  readonly #iceRequests = new Map<string, number>();

  /** The owner of an open peer with these credentials. */
  abstract ownerOf(key: string, id: string, token: string): string | undefined;

  // Authentication

  get isAuthRequired(): boolean {
    return this.settings.auth === 'required';
  }

  now(): number {
    return Date.now() / 1_000;
  }

  /** A1, A2. @returns undefined for a guest. */
  rightsOf(token: string): Rights | TokenProblem | undefined {
    const { auth = 'open', auth_key: secret = '', auth_leeway: leeway = 5 } = this.settings;
    if (auth === 'open' || (auth === 'optional' && !isJwt(token))) return undefined;
    return this.readToken(token, secret, leeway);
  }

  readToken(token: string, secret: string, leeway: number): Rights | TokenProblem {
    return readClientToken(token, secret, this.now(), leeway);
  }

  /** A6: the text for a client without the right to take the id; undefined if it may. */
  accessProblem(key: string, id: string, token: string): string | undefined {
    const rights = this.rightsOf(token);
    if (rights === undefined) return undefined;
    if (typeof rights === 'string') return this.textOf(rights);
    if (!this.includesKey(rights, key)) return 'This token is not for this key';
    return this.includesId(rights, id) ? undefined : `This token is not for the id ${id}`;
  }

  textOf(problem: TokenProblem): string {
    const texts = { missing: 'Authentication required', invalid: 'Invalid token', expired: 'Token expired' };
    return problem === 'early' ? 'Token not valid yet: check the clocks' : texts[problem];
  }

  includesKey({ keys }: Rights, key: string): boolean {
    return allows(keys, key);
  }

  includesId({ ids }: Rights, id: string): boolean {
    return allows(ids, id);
  }

  /** A2, A11, A12: the header takes precedence over the query, the query over a subprotocol, that one over a cookie. */
  tokenIn(headers: IncomingHttpHeaders, inQuery: string): string {
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
    return (
      this.bearerOf(headers) ??
      (inQuery !== '' ? inQuery : undefined) ??
      protocols.find((one) => one.startsWith('bearer.'))?.slice('bearer.'.length) ??
      this.cookieTokenOf(headers) ??
      ''
    );
  }

  bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
    return /^bearer (.*)$/i.exec(authorization ?? '')?.[1];
  }

  /** A12 */
  cookieTokenOf({ cookie = '', origin }: IncomingHttpHeaders): string | undefined {
    const { cors = [] } = this.settings;
    return origin !== undefined && cors.includes(origin) ? /(?:^|;\s*)signalbox_token=([^;]*)/.exec(cookie)?.[1] : undefined;
  }

  /** A8 */
  countFailure(address: string, token: string): void {
    const rights = this.rightsOf(token);
    if (rights === 'missing' || rights === 'invalid') this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1);
  }

  hasGuessed(address: string): boolean {
    const { auth_failures_per_minute: limit = 0 } = this.settings;
    return limit > 0 && (this.#failures.get(address) ?? 0) >= limit;
  }

  // HTTP

  override route(request: HttpRequest): Reply {
    if (request.method !== 'GET') return super.route(request);
    const key = this.keyBefore('ice', request.path);
    if (key !== undefined && this.hasIce()) return this.iceReply(key, request);
    const isList = this.isAuthRequired && this.keyBefore('peers', request.path) !== undefined;
    return (isList ? this.listRefusal(request) : undefined) ?? super.route(request);
  }

  keyBefore(page: string, path: string): string | undefined {
    if (!path.startsWith(this.path) || !path.endsWith(`/${page}`)) return undefined;
    return decodeURIComponent(path.slice(this.path.length, -page.length - 1));
  }

  /** A6 */
  listRefusal({ headers, query }: HttpRequest): Reply | undefined {
    const rights = this.rightsOf(this.tokenIn(headers, query.get('token') ?? ''));
    if (typeof rights === 'string') return this.unauthorized(this.textOf(rights));
    return rights?.mayList === false ? { status: 403, body: 'Not allowed' } : undefined;
  }

  unauthorized(body: string): Reply {
    return { status: 401, headers: this.challenge(), body };
  }

  challenge(): Readonly<Record<string, string>> {
    return { 'www-authenticate': 'Bearer' };
  }

  // ICE servers

  /** I1 */
  hasIce(): boolean {
    return this.stunUrls().length + this.turnUrls().length > 0;
  }

  stunUrls(): readonly string[] {
    return this.settings.stun ?? [];
  }

  turnUrls(): readonly string[] {
    return this.settings.turn ?? [];
  }

  iceReply(key: string, request: HttpRequest): Reply {
    const { headers, query, address } = request;
    if (this.hasTooManyIceRequests(address)) return { status: 429, headers: { 'retry-after': '60' }, body: 'Too many requests' };
    if (!this.allowsIceOrigin(headers.origin)) return { status: 403, body: 'Not allowed' };
    const owner = this.iceOwner(key, query.get('id') ?? '', this.tokenIn(headers, query.get('token') ?? ''), address);
    if (typeof owner !== 'string') return owner;
    return this.iceAnswer(this.iceServers(key, owner), query.get('as') === 'matrix');
  }

  /** I5 */
  allowsIceOrigin(origin: string | undefined): boolean {
    return origin === undefined || this.allowsOrigin(origin);
  }

  /** I6 */
  hasTooManyIceRequests(address: string): boolean {
    const { ice_rate_limit: limit = 0 } = this.settings;
    const count = (this.#iceRequests.get(address) ?? 0) + 1;
    this.#iceRequests.set(address, count);
    return limit > 0 && count > limit;
  }

  /** I3, I4: the owner that credentials are issued for, or the refusal. */
  iceOwner(key: string, id: string, token: string, address: string): string | Reply {
    if (!this.isKnownKey(key)) return this.unknownKey();
    const rights = this.rightsOf(token);
    if (typeof rights === 'object') return this.mayUseIce(rights) ? rights.owner : { status: 403, body: 'Not allowed' };
    if (this.isAuthRequired && typeof rights === 'string') return this.unauthorized(this.textOf(rights));
    const owner = this.ownerOf(key, id, token);
    if (owner !== undefined) return owner;
    return this.settings.ice_access === 'everybody'
      ? address
      : this.unauthorized('No open peer of this broker has this id and token');
  }

  mayUseIce(rights: Rights): boolean {
    return rights.mayUseIce;
  }

  iceServers(key: string, owner: string): readonly IceServer[] {
    const [stun, turn] = [this.stunUrls(), this.turnUrls()];
    const servers: IceServer[] = stun.length > 0 ? [{ urls: stun }] : [];
    return turn.length > 0 ? [...servers, { urls: turn, ...this.turnCredentials(key, owner) }] : servers;
  }

  ttl(): number {
    return this.settings.turn_ttl ?? DEFAULT_TTL_SECONDS;
  }

  /** I7, I8 */
  turnCredentials(key: string, owner: string): { username: string; credential: string } {
    const { turn_secret: secret, turn_user: username = '', turn_password: credential = '' } = this.settings;
    if (secret === undefined) return { username, credential };
    const user = `${this.turnExpiry()}:${this.turnUser(secret, key, owner)}`;
    return { username: user, credential: this.turnSignature(secret, user) };
  }

  turnExpiry(): number {
    return Math.ceil(this.now()) + this.ttl();
  }

  turnUser(secret: string, key: string, owner: string): string {
    return createHmac('sha256', secret).update(`${key}\0${owner}`).digest('base64url').slice(0, USER_LENGTH);
  }

  turnSignature(secret: string, username: string): string {
    return createHmac('sha1', secret).update(username).digest('base64');
  }

  /** I2, I6, I9 */
  iceAnswer(servers: readonly IceServer[], isMatrix: boolean): Reply {
    const body = isMatrix ? this.matrixBody(servers) : { iceServers: servers, ...this.lifetime() };
    return { status: 200, headers: { ...JSON_TYPE, ...this.iceCaching() }, body: JSON.stringify(body) };
  }

  iceCaching(): Readonly<Record<string, string>> {
    return NO_STORE;
  }

  lifetime(): object {
    const ttl = this.ttl();
    return { ttl, refresh: Math.floor(ttl * 0.75), expires: new Date((this.now() + ttl) * 1_000).toISOString() };
  }

  matrixBody(servers: readonly IceServer[]): object {
    const turn = servers.find(({ username }) => username !== undefined);
    return turn === undefined ? {} : { username: turn.username, password: turn.credential, uris: turn.urls, ttl: this.ttl() };
  }
}
