import { bearerToken, type HttpResponse } from '../../../application/ports/http.ts';
import type { Credentials, HttpAction, HttpHead, HttpRoute } from '../../../application/ports/requests.ts';
import { welcomePage, type WelcomeSettings } from './welcome-page.ts';

/** The pages for browsers. */
export interface PeerjsPages {
  /** H1: undefined for a dialect without it. */
  readonly welcome?: Omit<WelcomeSettings, 'hasPlayground'> | undefined;
  /** H20: undefined if it is off. */
  readonly playground?: HttpResponse | undefined;
}

const READ_METHODS: readonly string[] = ['GET', 'HEAD'];
const DESCRIBE: HttpAction = { action: 'describe' };

/** The HTTP routes and the socket path of PeerJS, under one prefix (H1 to H4, H18, H20, I1, O9). */
export class Routes {
  readonly #prefix: string;
  readonly #servesIce: (key: string) => boolean;
  readonly #root: HttpRoute;
  readonly #playground: HttpRoute | undefined;

  /**
   * @param prefix begins and ends with a slash.
   * @param servesIce I1, I13: whether the realm of a key has ICE servers.
   * @param pages H1, H20: for browsers.
   */
  constructor(prefix: string, servesIce: (key: string) => boolean = () => false, pages: PeerjsPages = {}) {
    this.#prefix = prefix;
    this.#servesIce = servesIce;
    const { welcome, playground } = pages;
    const page = welcome && welcomePage({ ...welcome, hasPlayground: playground !== undefined });
    this.#root = page === undefined ? readRoute(DESCRIBE) : { methods: READ_METHODS, handle: (head) => describe(head, page) };
    this.#playground = playground && readRoute({ action: 'respond', response: playground });
  }

  /** O9: the exact path, without a trailing slash. */
  opensAt(path: string): boolean {
    return (
      path.length === this.#prefix.length + SOCKET_SEGMENT.length &&
      path.startsWith(this.#prefix) &&
      path.endsWith(SOCKET_SEGMENT)
    );
  }

  /** H1 to H4, H18, H20, I1. A trailing slash changes nothing. */
  find(path: string): HttpRoute | undefined {
    if (path === this.#prefix || `${path}/` === this.#prefix) return this.#root;
    if (!path.startsWith(this.#prefix)) return undefined;
    const [key, resource, ...rest] = path.slice(this.#prefix.length).replace(/\/$/, '').split('/');
    const realm = decodeSegment(key);
    if (realm === undefined || rest.length > 0) return undefined;
    if (key === 'playground' && resource === undefined) return this.#playground;
    if (resource === 'id') return readRoute({ action: 'issue-peer-id', key: realm });
    if (resource === 'check') {
      return { methods: READ_METHODS, answersLikeHandshake: true, handle: (head) => checkRequest(realm, head) };
    }
    if (resource === 'peers') return listRoute(realm);
    if (resource === 'ice' && this.#servesIce(realm)) {
      return { methods: READ_METHODS, issuesCredentials: true, handle: (head) => iceRequest(realm, head) };
    }
    return undefined;
  }
}

/** H1: browsers ask for HTML when they open a page. */
function describe(head: HttpHead, page: HttpResponse): HttpAction {
  const wantsHtml = head.header('accept')?.includes('text/html') === true;
  return wantsHtml ? { action: 'respond', response: page } : DESCRIBE;
}

/** H18. */
function checkRequest(key: string, head: HttpHead): HttpAction {
  return { action: 'check-credentials', ...credentialsOf(head), key };
}

/** I2, I3. */
function iceRequest(key: string, head: HttpHead): HttpAction {
  const format = new URLSearchParams(head.query).getAll('as').at(-1) === 'matrix' ? 'matrix' : 'webrtc';
  return { action: 'issue-ice-servers', ...credentialsOf(head), key, format };
}

/** H4. */
function listRoute(key: string): HttpRoute {
  return { methods: READ_METHODS, handle: (head) => ({ action: 'list-peers', key, token: credentialsOf(head).token }) };
}

/** H18, I2, A2: the token of the header takes precedence over the one of the query. */
function credentialsOf(head: HttpHead): Pick<Credentials, 'id' | 'token'> {
  const { id, token } = readCredentials(head.query);
  return { id, token: bearerToken(head.header('authorization')) ?? token };
}

function readRoute(request: HttpAction): HttpRoute {
  return { methods: READ_METHODS, handle: () => request };
}

const SOCKET_SEGMENT = 'peerjs';

/** O8: the last value of a repeated parameter applies. `__proto__` is an ordinary name. */
export function readCredentials(query: string): Credentials {
  return ESCAPES.test(query) ? readEscaped(query) : readPlain(query);
}

/** A7: whether the client is PeerJS 1.x. Older clients send no version. */
export function isVersionOne(query: string): boolean {
  return VERSION_ONE.test(query);
}

const VERSION_ONE = /(?:^|&)version=1\./;
const ESCAPES = /[%+]/;

function readEscaped(query: string): Credentials {
  const parameters = new URLSearchParams(query);
  return {
    key: parameters.getAll('key').at(-1),
    id: parameters.getAll('id').at(-1),
    token: parameters.getAll('token').at(-1),
  };
}

/** A faster path for queries without escapes, such as those of the stock client. */
function readPlain(query: string): Credentials {
  let key: string | undefined;
  let id: string | undefined;
  let token: string | undefined;
  for (let start = 0; start < query.length;) {
    const next = query.indexOf('&', start);
    const end = next < 0 ? query.length : next;
    key = valueOf('key', query, start, end) ?? key;
    id = valueOf('id', query, start, end) ?? id;
    token = valueOf('token', query, start, end) ?? token;
    start = end + 1;
  }
  return { key, id: copyOf(id), token: copyOf(token) };
}

/** The value of the parameter between `start` and `end`; undefined if it has another name. */
function valueOf(name: string, query: string, start: number, end: number): string | undefined {
  if (!query.startsWith(name, start)) return undefined;
  const afterName = start + name.length;
  if (afterName === end) return '';
  return query[afterName] === '=' ? query.slice(afterName + 1, end) : undefined;
}

/** A copy, because a slice would keep the whole query in memory for the lifetime of the peer. A lone surrogate becomes U+FFFD. */
function copyOf(slice: string | undefined): string | undefined {
  if (slice === undefined) return undefined;
  if (slice.length > SCRATCH.length / BYTES_PER_UNIT) return Buffer.from(slice).toString();
  return SCRATCH.toString('utf8', 0, SCRATCH.write(slice));
}

const SCRATCH = Buffer.alloc(1024);
const BYTES_PER_UNIT = 3;

/** A decoded path segment; undefined if it is missing, empty, or has broken escapes. */
export function decodeSegment(segment: string | undefined): string | undefined {
  if (segment === undefined || segment === '') return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
