import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import type { Dialect, CloseFrame } from '../../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import type { FrameRequest, HttpOutcome, ConnectRequest } from '../../../src/application/ports/requests.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Ending, OpenRefusal } from '../../../src/domain/refusal.ts';
import { CLAUSES } from '../../../src/contracts/dialects/clauses.ts';
import { CLAUSE_NAMES } from '../../../src/contracts/dialects/subject.ts';
import { PEERJS } from './peerjs.ts';

const PREFIX = '/myapp/';

class UncheckedDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    JSON.parse(Buffer.from(bytes).toString());
    return super.decode(bytes, isBinary);
  }
}

class DecodingDialect extends PeerjsDialect {
  override connectRequest(query: string): ConnectRequest {
    return super.connectRequest(decodeURIComponent(query));
  }
}

class StatefulDialect extends PeerjsDialect {
  #hasFailed = false;

  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const request = super.decode(bytes, isBinary);
    if (request.action === 'malformed') this.#hasFailed = true;
    return this.#hasFailed ? { action: 'malformed' } : request;
  }
}

class TrustingDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest {
    const request = super.decode(bytes, isBinary);
    return request.action === 'relay' && likelyTo !== undefined ? { ...request, to: likelyTo } : request;
  }
}

class CopyingDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return super.decode(Uint8Array.from(bytes), isBinary);
  }
}

class OverwritingDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const request = super.decode(Buffer.from(bytes), isBinary);
    bytes.fill(0x20, 0, 1);
    return request;
  }
}

class Latin1Dialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const text = Buffer.from(super.encode(message)).toString();
    return Buffer.from(text, 'latin1');
  }
}

class RebuildingDialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const parsed: unknown = JSON.parse(Buffer.from(super.encode(message)).toString());
    return Buffer.from(JSON.stringify(parsed, (key, value: unknown) => (key === '__proto__' ? undefined : value), 1));
  }
}

class StaleBytesDialect extends PeerjsDialect {
  #longest = Buffer.alloc(0);

  override encode(message: SignalMessage): Uint8Array {
    const written = Buffer.from(super.encode(message));
    if (written.length > this.#longest.length) this.#longest = written;
    else written.copy(this.#longest);
    return this.#longest;
  }
}

const SHARED = Buffer.alloc(1_000_000);

class SharedBufferDialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const written = super.encode(message);
    SHARED.set(written);
    return SHARED.subarray(0, written.length);
  }
}

class EarlyReuseDialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const written = super.encode(message);
    queueMicrotask(() => written.fill(0x20));
    return written;
  }
}

/** Changes the close frame of one ending. */
class WrongCloseDialect extends PeerjsDialect {
  readonly #but: Partial<CloseFrame>;

  constructor(but: Partial<CloseFrame>) {
    super(PREFIX);
    this.#but = but;
  }

  override closeFrame(ending: Ending): CloseFrame {
    return { ...super.closeFrame(ending), ...(ending === 'flooding' ? this.#but : {}) };
  }
}

class EmptyFrameDialect extends PeerjsDialect {
  override refusal(refusal: OpenRefusal): CloseFrame {
    const closeFrame = super.refusal(refusal);
    return refusal.reason === 'peer-id-unprintable' ? { ...closeFrame, frame: new Uint8Array(0) } : closeFrame;
  }
}

class HeaderInjectionDialect extends PeerjsDialect {
  override httpResponse(outcome: HttpOutcome): HttpResponse {
    const response = super.httpResponse(outcome);
    if (outcome.kind !== 'peer-id') return response;
    return { ...response, headers: [...response.headers, ['x-id', outcome.id]] };
  }
}

const CLOSE_FRAMES =
  'has a close frame for each refusal and ending: UTF-8, a code that may be sent, a reason of at most 123 bytes';

const MUTANTS: readonly { fault: string; make(): Dialect; fails: readonly string[] }[] = [
  {
    fault: 'parses frames without checking for JSON',
    make: () => new UncheckedDialect(PREFIX),
    fails: [
      'promise 6: decodes every frame without an exception, as text and as binary',
      'decodes equal bytes to equal requests, after any other frames',
      'M1: decodes a frame to the same request with any likely destination',
    ],
  },
  {
    fault: 'decodes a query with broken escapes',
    make: () => new DecodingDialect(PREFIX),
    fails: ['promise 6: accepts every path and every query without an exception'],
  },
  {
    fault: 'takes the likely destination without a comparison',
    make: () => new TrustingDialect(PREFIX),
    fails: ['M1: decodes a frame to the same request with any likely destination'],
  },
  {
    fault: 'rejects all frames after an unreadable one',
    make: () => new StatefulDialect(PREFIX),
    fails: ['decodes equal bytes to equal requests, after any other frames'],
  },
  {
    fault: 'copies a frame before decoding',
    make: () => new CopyingDialect(PREFIX),
    fails: ['gives the payload of a message as a view on the frame, and does not change the frame'],
  },
  {
    fault: 'changes the frame',
    make: () => new OverwritingDialect(PREFIX),
    fails: [
      'decodes equal bytes to equal requests, after any other frames',
      'M1: decodes a frame to the same request with any likely destination',
      'gives the payload of a message as a view on the frame, and does not change the frame',
    ],
  },
  {
    fault: 'encodes as Latin-1',
    make: () => new Latin1Dialect(PREFIX),
    fails: [
      'encodes messages as UTF-8, with any ids',
      'M2: decodes an encoded message to the same kind and destination, and the payload byte for byte',
    ],
  },
  {
    fault: 'parses and prints the payload',
    make: () => new RebuildingDialect(PREFIX),
    fails: ['M2: decodes an encoded message to the same kind and destination, and the payload byte for byte'],
  },
  {
    fault: 'keeps the end of a longer message after a shorter one',
    make: () => new StaleBytesDialect(PREFIX),
    fails: [
      'encodes messages as UTF-8, with any ids',
      'M2: decodes an encoded message to the same kind and destination, and the payload byte for byte',
      'encodes a message independently of earlier messages',
    ],
  },
  {
    fault: 'shares its buffer with other instances',
    make: () => new SharedBufferDialect(PREFIX),
    fails: ['keeps encoded bytes unchanged until its next call, also while another instance is used'],
  },
  {
    fault: 'overwrites encoded bytes before the next call',
    make: () => new EarlyReuseDialect(PREFIX),
    fails: ['keeps encoded bytes unchanged until its next call, also while another instance is used'],
  },
  {
    fault: 'closes with a code that must not be sent',
    make: () => new WrongCloseDialect({ code: 1006 }),
    fails: [CLOSE_FRAMES],
  },
  {
    fault: 'closes with a reason that is too long',
    make: () => new WrongCloseDialect({ why: 'é'.repeat(62) }),
    fails: [CLOSE_FRAMES],
  },
  {
    fault: 'sends an empty last message',
    make: () => new EmptyFrameDialect(PREFIX),
    fails: [CLOSE_FRAMES],
  },
  {
    fault: 'puts an id into a header',
    make: () => new HeaderInjectionDialect(PREFIX),
    fails: ['has a valid HTTP response for each outcome'],
  },
];

describe('a dialect that violates the port', () => {
  for (const { fault, make, fails } of MUTANTS) {
    it(`${fault}: fails exactly the expected clauses`, async () => {
      expect(await failures(make)).toEqual(fails);
    });
  }
});

async function failures(make: () => Dialect): Promise<string[]> {
  const failed: string[] = [];
  for (const name of CLAUSE_NAMES) {
    await Promise.resolve()
      .then(() => CLAUSES[name]({ ...PEERJS, make }))
      .catch(() => failed.push(name));
  }
  return failed;
}
