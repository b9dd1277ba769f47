import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer, type Peer, type Realm } from './conforming-server.ts';
import type { Frame } from './frame.ts';
import type { Mutant } from './mutant.ts';

/** Ids that each server changes, by the case that notices it. */
const NORMALIZED: Readonly<Record<string, (id: string) => string>> = {
  'O7.distinct-capitals': (id) => id.toLowerCase(),
  'O7.distinct-zeros': (id) => id.replace(/^0+(?=\d)/, ''),
  'O7.distinct-fraction': (id) => id.replace(/^(\d+)\.0$/, '$1'),
  'O7.distinct-space-before': (id) => id.trimStart(),
  'O7.distinct-space-behind': (id) => id.trimEnd(),
  'O7.distinct-canonical-form': (id) => id.normalize('NFC'),
  'O7.distinct-plus-and-space': (id) => id.replaceAll('+', ' '),
  'O7.distinct-escaped-twice': (id) => id.replaceAll('%41', 'A'),
};

/** H4, H6, O3, O7, O10, M11: ids, destinations and origins that are not compared as they are. */
export const IDENTITY_MUTANTS: readonly Mutant[] = [
  ...Object.entries(NORMALIZED).map(([id, normalized]): Mutant => ({
    name: `takes similar ids for the same (${id.replace('O7.distinct-', '')})`,
    fails: [id],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refusalOf(who: Parameters<ConformingServer['refusalOf']>[0]): ReturnType<ConformingServer['refusalOf']> {
        const known = [...(this.realmOf(who.key)?.peers.values() ?? [])].find(
          (peer) => normalized(peer.id) === normalized(who.id),
        );
        return known === undefined || known.id === who.id ? super.refusalOf(who) : this.idTaken();
      }
    },
  })),
  {
    name: 'delivers by the lower-case id',
    fails: ['O7.distinct-capitals'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override findPeer(realm: Realm, id: string): Peer | undefined {
        return [...realm.peers.values()].find((peer) => peer.id.toLowerCase() === id.toLowerCase());
      }
    },
  },
  {
    name: 'takes the id 0 for a missing one',
    fails: ['O7.only-zero'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refusalOf(who: Parameters<ConformingServer['refusalOf']>[0]): ReturnType<ConformingServer['refusalOf']> {
        return super.refusalOf(Number(who.id) === 0 ? { ...who, id: '' } : who);
      }
    },
    also: ['O1'],
  },
  {
    name: 'sends an id of digits as a number',
    fails: ['O7.only-digits', 'O7.only-zero'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override encode(frame: Parameters<ConformingServer['encode']>[0]): string {
        return super.encode(frame).replace(/"(src|dst)":"(\d{1,15})"/g, '"$1":$2');
      }
    },
    also: ['M11'],
  },
  {
    name: 'reads a number as an id',
    fails: ['M11.number-of-a-peer'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override dispatch(peer: Peer, frame: Frame): void {
        const dst = typeof frame.dst === 'number' ? String(frame.dst) : frame.dst;
        super.dispatch(peer, { ...frame, dst });
      }
    },
  },
  {
    name: 'lists absent peers with mail',
    fails: ['H4.mail-waits'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override idsIn(key: string): string[] {
        return [...super.idsIn(key), ...(this.realmOf(key)?.mailboxes.keys() ?? [])];
      }
    },
  },
  ...Object.entries({
    'O10.refuses-longer-host': (origin: string, listed: string) => origin.startsWith(listed),
    'O10.refuses-sub-domain': (origin: string, listed: string) => origin.endsWith(listed.replace(/^https?:\/\//, '.')),
    'O10.refuses-other-start': (origin: string, listed: string) => origin.endsWith(listed.replace(/^https?:\/\//, '')),
    'O10.refuses-other-scheme': (origin: string, listed: string) =>
      origin.replace(/^https?/, '') === listed.replace(/^https?/, ''),
    'O10.refuses-other-port': (origin: string, listed: string) => new URL(origin).hostname === new URL(listed).hostname,
  }).map(([id, matches]): Mutant => ({
    name: `takes similar origins of sockets for the listed one (${id.replace('O10.refuses-', '')})`,
    fails: [id],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
        const { origin = '' } = headers;
        const isSimilar =
          origin.includes('//') && this.settings.cors?.some((listed) => listed !== '*' && matches(origin, listed));
        const status = super.handshakeStatus(path, headers, query);
        return status === 403 && isSimilar === true ? 101 : status;
      }
    },
  })),
  {
    name: 'requires Connection: Upgrade as the only value',
    fails: ['O3.firefox'],
    verdict: 'failed',
    also: ['M16', 'M17'],
    Server: class extends ConformingServer {
      override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
        return headers.connection?.toLowerCase() === 'upgrade' ? super.handshakeStatus(path, headers, query) : 400;
      }
    },
  },
  {
    name: 'serves nothing if its path ends with a slash',
    fails: ['O3.slash-behind-path'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override get path(): string {
        const { path = '/' } = this.settings;
        return path.length > 1 && path.endsWith('/') ? `${path}/` : super.path;
      }
    },
  },
  {
    name: 'has no CORS headers for errors',
    fails: ['H6.echoed-405', 'H6.echoed-426'],
    verdict: 'loose',
    also: ['X8'],
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const reply = super.reply(request);
        const others = Object.entries(reply.headers ?? {}).filter(([header]) => !/^(access-control-|vary)/.test(header));
        return reply.status >= 402 ? { ...reply, headers: Object.fromEntries(others) } : reply;
      }
    },
  },
  {
    name: 'sends ids as JSON without quotes',
    fails: ['H2.text'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override idFor(key: string): Reply {
        return { ...super.idFor(key), headers: { 'content-type': 'application/json' } };
      }
    },
  },
];
