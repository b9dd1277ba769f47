import { describe, expect, it } from 'vitest';
import type { CloseFrame, Conversation, ConversationLimits } from '../../../src/application/ports/dialect.ts';
import type { ConversationRequest } from '../../../src/application/ports/requests.ts';
import { STATEFUL_CLAUSES } from '../../../src/contracts/dialects/stateful-clauses.ts';
import { STATEFUL_CLAUSE_NAMES } from '../../../src/contracts/dialects/subject.ts';
import type { Ending } from '../../../src/domain/refusal.ts';
import type { TopicEvent } from '../../../src/domain/topic.ts';
import { CounterConversation, CounterDialect } from '../../support/counter-dialect.ts';
import { COUNTER } from './counter.ts';

/** A dialect with another class of conversations. */
function dialectOf(makeConversation: (voice: object, maxBytes: number) => Conversation): () => CounterDialect {
  class Mutant extends CounterDialect {
    override converse({ maxMessageBytes }: ConversationLimits): Conversation {
      return makeConversation(this, maxMessageBytes);
    }
  }
  return () => new Mutant();
}

class ThrowingConversation extends CounterConversation {
  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    decodeURIComponent(Buffer.from(bytes).toString('latin1'));
    return super.read(bytes);
  }
}

/** Takes each frame for complete lines. */
class ForgetfulConversation extends CounterConversation {
  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    const isComplete = bytes.at(-1) === 0x0a;
    return super.read(isComplete ? bytes : Buffer.concat([bytes, Buffer.from('\n')]));
  }
}

/** Reuses the memory of one frame for the next. */
class ReusingConversation extends CounterConversation {
  readonly #memory = new Uint8Array(10_000);

  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    this.#memory.set(bytes);
    return super.read(this.#memory.subarray(0, bytes.length));
  }
}

class OverwritingConversation extends CounterConversation {
  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    const requests = super.read(Uint8Array.from(bytes));
    bytes.fill(0x20, 0, 1);
    return requests;
  }
}

class SilentConversation extends CounterConversation {
  override encodeEvent(event: TopicEvent): Uint8Array | undefined {
    return event.event === 'refused' && event.why === 'not-allowed' ? undefined : super.encodeEvent(event);
  }
}

/** Numbers its publications, with the voice of all others. */
class NumberingConversation extends CounterConversation {
  #reads = 0;

  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    this.#reads += 1;
    return super.read(bytes);
  }

  override encodeEvent(event: TopicEvent): Uint8Array | undefined {
    const encoded = super.encodeEvent(event);
    return event.event === 'publication' ? Buffer.concat([Buffer.from(`${this.#reads} `), encoded ?? Buffer.from('')]) : encoded;
  }
}

class EagerConversation extends CounterConversation {
  override read(bytes: Uint8Array): readonly ConversationRequest[] {
    const requests = super.read(bytes);
    return requests.some(({ action }) => action === 'introduce') ? [{ action: 'pong' }, ...requests] : requests;
  }
}

class WrongCloseConversation extends CounterConversation {
  override closeFrame(ending: Ending): CloseFrame {
    return { ...super.closeFrame(ending), code: ending === 'silent' ? 1006 : 1008 };
  }
}

class GrantingDialect extends CounterDialect {
  override readonly subprotocol = (): string => 'counter';
}

const MUTANTS: readonly { readonly fault: string; make(): CounterDialect; readonly fails: readonly string[] }[] = [
  {
    fault: 'decodes frames without a check',
    make: dialectOf((voice, maxBytes) => new ThrowingConversation(voice, maxBytes)),
    fails: ['promise 6: reads any frames in any order without an exception, as text and as binary'],
  },
  {
    fault: 'takes each frame for complete',
    make: dialectOf((voice, maxBytes) => new ForgetfulConversation(voice, maxBytes)),
    fails: [
      'W1: reads the same requests, wherever the frames are cut',
      'W3: introduces a newcomer once, and before any other request',
    ],
  },
  {
    fault: 'keeps a rest of any size',
    make: dialectOf((voice) => new CounterConversation(voice, Number.POSITIVE_INFINITY)),
    fails: ['W1: keeps at most maxMessageBytes of an incomplete request'],
  },
  {
    fault: 'lends payloads only until the next frame',
    make: dialectOf((voice, maxBytes) => new ReusingConversation(voice, maxBytes)),
    fails: ['W1: does not change a frame, and its requests stay the same after later frames'],
  },
  {
    fault: 'changes the frame',
    make: dialectOf((voice, maxBytes) => new OverwritingConversation(voice, maxBytes)),
    fails: [
      'W1: reads the same requests, wherever the frames are cut',
      'W1: does not change a frame, and its requests stay the same after later frames',
    ],
  },
  {
    fault: 'shares its state with other connections',
    make: () => {
      const shared = new Map<object, Conversation>();
      return dialectOf((voice, maxBytes) => {
        const conversation = shared.get(voice) ?? new CounterConversation(voice, maxBytes);
        shared.set(voice, conversation);
        return conversation;
      })();
    },
    fails: ['W2: reads and encodes each connection by its own state'],
  },
  {
    fault: 'has a common voice for different bytes',
    make: dialectOf((voice, maxBytes) => new NumberingConversation(voice, maxBytes)),
    fails: ['W2: conversations with the same voice encode a publication to the same bytes'],
  },
  {
    fault: 'has a request before the introduction',
    make: dialectOf((voice, maxBytes) => new EagerConversation(voice, maxBytes)),
    fails: ['W3: introduces a newcomer once, and before any other request'],
  },
  {
    fault: 'has no refusal for one reason',
    make: dialectOf((voice, maxBytes) => new SilentConversation(voice, maxBytes)),
    fails: ['W5: answers each request with a number: a receipt, or each reason of a refusal'],
  },
  {
    fault: 'closes with a code that must not be sent',
    make: dialectOf((voice, maxBytes) => new WrongCloseConversation(voice, maxBytes)),
    fails: ['has a close frame for each refusal and ending, before and after any frames'],
  },
  {
    fault: 'grants a subprotocol that was not offered',
    make: () => new GrantingDialect(),
    fails: ['W7: grants only a subprotocol that the client offers'],
  },
];

describe('a stateful dialect that violates the port', () => {
  for (const { fault, make, fails } of MUTANTS) {
    it(`${fault}: fails exactly the expected clauses`, async () => {
      const failed: string[] = [];
      for (const name of STATEFUL_CLAUSE_NAMES) {
        await Promise.resolve()
          .then(() => STATEFUL_CLAUSES[name]({ ...COUNTER, make }))
          .catch(() => failed.push(name));
      }
      expect(failed).toEqual(fails);
    });
  }
});
