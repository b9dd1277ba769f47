import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import type { Dialect, CloseFrame } from '../../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import type { FrameRequest, HttpOutcome, ConnectRequest } from '../../../src/application/ports/requests.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Ending, OpenRefusal } from '../../../src/domain/refusal.ts';
import { CLAUSES } from './contract.ts';
import { PEERJS } from './peerjs.ts';

const PREFIX = '/myapp/';

class TrustfulDialect extends PeerjsDialect {
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

class SuspiciousDialect extends PeerjsDialect {
  #hasStumbled = false;

  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const request = super.decode(bytes, isBinary);
    if (request.action === 'malformed') this.#hasStumbled = true;
    return this.#hasStumbled ? { action: 'malformed' } : request;
  }
}

class CopyingDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return super.decode(Uint8Array.from(bytes), isBinary);
  }
}

class TidyDialect extends PeerjsDialect {
  override decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const request = super.decode(Buffer.from(bytes), isBinary);
    bytes.fill(0x20, 0, 1);
    return request;
  }
}

class LatinDialect extends PeerjsDialect {
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

class RemainingDialect extends PeerjsDialect {
  #longest = Buffer.alloc(0);

  override encode(message: SignalMessage): Uint8Array {
    const written = Buffer.from(super.encode(message));
    if (written.length > this.#longest.length) this.#longest = written;
    else written.copy(this.#longest);
    return this.#longest;
  }
}

const SHARED = Buffer.alloc(1_000_000);

class SharingDialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const written = super.encode(message);
    SHARED.set(written);
    return SHARED.subarray(0, written.length);
  }
}

class HastyDialect extends PeerjsDialect {
  override encode(message: SignalMessage): Uint8Array {
    const written = super.encode(message);
    queueMicrotask(() => written.fill(0x20));
    return written;
  }
}

/** Gives some of its farewells otherwise. */
class RudeDialect extends PeerjsDialect {
  readonly #but: Partial<CloseFrame>;

  constructor(but: Partial<CloseFrame>) {
    super(PREFIX);
    this.#but = but;
  }

  override closeFrame(ending: Ending): CloseFrame {
    return { ...super.closeFrame(ending), ...(ending === 'flooding' ? this.#but : {}) };
  }
}

class SilentDialect extends PeerjsDialect {
  override refusal(refusal: OpenRefusal): CloseFrame {
    const farewell = super.refusal(refusal);
    return refusal.reason === 'peer-id-unprintable' ? { ...farewell, frame: new Uint8Array(0) } : farewell;
  }
}

class SplittableDialect extends PeerjsDialect {
  override httpResponse(outcome: HttpOutcome): HttpResponse {
    const response = super.httpResponse(outcome);
    if (outcome.kind !== 'peer-id') return response;
    return { ...response, headers: [...response.headers, ['x-id', outcome.id]] };
  }
}

const FAREWELLS =
  'every refusal and every ending has a farewell: UTF-8, a close code that may be sent, a reason that fits a close frame';

const MUTANTS: readonly { fault: string; make(): Dialect; dies: readonly string[] }[] = [
  {
    fault: 'parses what may be no JSON',
    make: () => new TrustfulDialect(PREFIX),
    dies: [
      'promise 6: no frame makes it throw, as text or as binary',
      'the same bytes give the same answer, whatever came before',
    ],
  },
  {
    fault: 'decodes a query that may not be encoded',
    make: () => new DecodingDialect(PREFIX),
    dies: ['promise 6: no path and no query makes it throw'],
  },
  {
    fault: 'reads nothing more once it stumbled',
    make: () => new SuspiciousDialect(PREFIX),
    dies: ['the same bytes give the same answer, whatever came before'],
  },
  {
    fault: 'copies before it reads',
    make: () => new CopyingDialect(PREFIX),
    dies: ['the payload of a message is a view on the bytes that were read, wherever they lie, and the bytes stay as they are'],
  },
  {
    fault: 'writes into what it reads',
    make: () => new TidyDialect(PREFIX),
    dies: [
      'the same bytes give the same answer, whatever came before',
      'the payload of a message is a view on the bytes that were read, wherever they lie, and the bytes stay as they are',
    ],
  },
  {
    fault: 'writes Latin-1',
    make: () => new LatinDialect(PREFIX),
    dies: [
      'what it writes is UTF-8, whoever it names',
      'M2: what it writes and reads back is the same message: kind, destination, and the payload byte for byte',
    ],
  },
  {
    fault: 'builds the payload anew',
    make: () => new RebuildingDialect(PREFIX),
    dies: ['M2: what it writes and reads back is the same message: kind, destination, and the payload byte for byte'],
  },
  {
    fault: 'leaves the end of a longer message behind a shorter one',
    make: () => new RemainingDialect(PREFIX),
    dies: [
      'what it writes is UTF-8, whoever it names',
      'M2: what it writes and reads back is the same message: kind, destination, and the payload byte for byte',
      'what it writes to one peer does not depend on what it wrote before',
    ],
  },
  {
    fault: 'shares its buffer with all of its kind',
    make: () => new SharingDialect(PREFIX),
    dies: ['bytes that it gave out stay as they are until its next call, whatever another one of its kind does'],
  },
  {
    fault: 'wipes what it gave out',
    make: () => new HastyDialect(PREFIX),
    dies: ['bytes that it gave out stay as they are until its next call, whatever another one of its kind does'],
  },
  {
    fault: 'closes with a code that is never sent',
    make: () => new RudeDialect({ code: 1006 }),
    dies: [FAREWELLS],
  },
  {
    fault: 'gives a reason that is too long',
    make: () => new RudeDialect({ why: 'é'.repeat(62) }),
    dies: [FAREWELLS],
  },
  {
    fault: 'says nothing at length',
    make: () => new SilentDialect(PREFIX),
    dies: [FAREWELLS],
  },
  {
    fault: 'lets an id into a header',
    make: () => new SplittableDialect(PREFIX),
    dies: ['every HTTP outcome has an answer that can be sent'],
  },
];

describe('a dialect that breaks a promise', () => {
  for (const { fault, make, dies } of MUTANTS) {
    it(`${fault}: fails where it is said, and nowhere else`, async () => {
      expect(await failures(make)).toEqual(dies);
    });
  }
});

async function failures(make: () => Dialect): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of CLAUSES) {
    await Promise.resolve()
      .then(() => clause.run({ ...PEERJS, make }))
      .catch(() => failed.push(clause.name));
  }
  return failed;
}
