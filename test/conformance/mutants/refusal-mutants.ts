import { type IncomingHttpHeaders } from 'node:http';
import type { WebSocket } from 'ws';
import { ConformingServer, type Credentials, type Peer, type Refusal } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** True if a socket with these credentials would receive a refusal of this kind. */
type Refuses = (refusal: Refusal) => boolean;

const isTaken: Refuses = ({ frame }) => JSON.stringify(frame).includes('ID-TAKEN');
const isFull: Refuses = ({ code }) => code === 1013;

/** A server that refuses handshakes with an HTTP status, which a browser hides from the page. */
function refusing(refuses: Refuses, status: number): Mutant['Server'] {
  return class extends ConformingServer {
    override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
      const accepted = super.handshakeStatus(path, headers, query);
      const [id = '', token = '', key = ''] = ['id', 'token', 'key'].map((name) => this.parameter(query, name));
      const refusal = accepted === 101 ? this.refusalOf({ id, token, key }) : undefined;
      return refusal !== undefined && refuses(refusal) ? status : accepted;
    }
  };
}

/** A server that compares tokens in another way. */
function comparing(isSame: (known: string, token: string) => boolean): Mutant['Server'] {
  return class extends ConformingServer {
    override ownsId(known: Peer, token: string): boolean {
      return isSame(known.token, token);
    }
  };
}

/** A server that accepts some tokens only. */
function accepting(isValid: (token: string) => boolean): Mutant['Server'] {
  return class extends ConformingServer {
    override refusalOf(who: Credentials): Refusal | undefined {
      return isValid(who.token) ? super.refusalOf(who) : { frame: { type: 'ERROR', payload: { msg: 'Bad token' } }, code: 1008 };
    }
  };
}

function decodedTwice(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** O1 to O6: refusals in a form that clients do not understand, and tokens that are not compared as they are. */
export const REFUSAL_MUTANTS: readonly Mutant[] = [
  {
    name: 'refuses missing parameters with 400',
    fails: ['O1.no-token', 'O1.empty-id'],
    verdict: 'failed',
    Server: refusing(({ frame }) => JSON.stringify(frame).includes('No id'), 400),
  },
  {
    name: 'refuses an unknown key with 401',
    fails: ['O2.unknown', 'O2.constructor'],
    verdict: 'failed',
    also: ['H4', 'O6', 'O8', 'O11', 'M21'],
    Server: refusing(({ frame }) => JSON.stringify(frame).includes('Invalid key'), 401),
  },
  {
    name: 'refuses a taken id with 409',
    fails: ['O4.taken', 'O4.race'],
    verdict: 'failed',
    also: ['O5', 'O6', 'O7', 'O8'],
    Server: refusing(isTaken, 409),
  },
  {
    name: 'refuses peers above the limit with 503',
    fails: ['O6.full'],
    verdict: 'failed',
    Server: refusing(isFull, 503),
  },
  {
    name: 'closes the socket of a peer above the limit without a reason',
    fails: ['O6.full'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refuse(socket: WebSocket, refusal: Refusal): void {
        if (isFull(refusal)) socket.close(refusal.code);
        else super.refuse(socket, refusal);
      }
    },
  },
  ...(
    [
      ['one peer more than the limit', 1],
      ['one peer less than the limit', -1],
    ] as const
  ).map(([what, more]): Mutant => ({
    name: `accepts ${what}`,
    fails: ['O6.full'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override isFull(): boolean {
        return this.peerCount() >= (this.settings.concurrent_limit ?? Infinity) + more;
      }
    },
  })),
  {
    name: 'sends ERROR instead of ID-TAKEN',
    fails: ['O4.taken', 'O4.race'],
    verdict: 'failed',
    also: ['O5', 'O6', 'O8'],
    Server: class extends ConformingServer {
      override idTaken(): Refusal {
        return { frame: { type: 'ERROR', payload: { msg: 'ID is taken' } }, code: 1008 };
      }
    },
  },
  {
    name: 'sends ID-TAKEN, but leaves the socket open',
    fails: ['O4.taken', 'O4.holder-stays'],
    verdict: 'failed',
    also: ['O6'],
    Server: class extends ConformingServer {
      override refuse(socket: WebSocket, refusal: Refusal): void {
        if (isTaken(refusal)) socket.send(JSON.stringify(refusal.frame));
        else super.refuse(socket, refusal);
      }
    },
  },
  {
    name: 'sends OPEN before ID-TAKEN',
    fails: ['O4.taken', 'O4.race'],
    verdict: 'dangerous',
    also: ['O5', 'O6', 'O8'],
    Server: class extends ConformingServer {
      override refuse(socket: WebSocket, refusal: Refusal): void {
        if (isTaken(refusal)) socket.send('{"type":"OPEN"}');
        super.refuse(socket, refusal);
      }
    },
  },
  {
    name: 'compares tokens without capitals',
    fails: ['O4.token-case'],
    verdict: 'failed',
    Server: comparing((known, token) => known.toLowerCase() === token.toLowerCase()),
  },
  {
    name: 'accepts tokens that begin with the right one',
    fails: ['O4.token-longer'],
    verdict: 'failed',
    Server: comparing((known, token) => token.startsWith(known)),
  },
  {
    name: 'compares the first 64 characters of tokens',
    fails: ['O4.token-long'],
    verdict: 'dangerous',
    Server: comparing((known, token) => known.slice(0, 64) === token.slice(0, 64)),
  },
  {
    name: 'trims tokens',
    fails: ['O4.token-space'],
    verdict: 'dangerous',
    Server: comparing((known, token) => known.trim() === token.trim()),
  },
  {
    name: 'decodes tokens twice',
    fails: ['O4.token-escaped'],
    verdict: 'dangerous',
    Server: comparing((known, token) => decodedTwice(known) === decodedTwice(token)),
  },
  {
    name: 'refuses long tokens',
    fails: ['O3.long-token'],
    verdict: 'failed',
    Server: accepting((token) => token.length <= 1_000),
  },
  {
    name: 'refuses tokens with other characters than those of base64 and JWT',
    fails: ['O3.odd-token'],
    verdict: 'failed',
    also: ['O4'],
    Server: accepting((token) => /^[\w+/=.-]*$/.test(token)),
  },
];
