import type { MessageKind, SignalMessage } from '../../../domain/message.ts';

const HEADS: Record<MessageKind, string> = {
  offer: '{"type":"OFFER","src":',
  answer: '{"type":"ANSWER","src":',
  candidate: '{"type":"CANDIDATE","src":',
  leave: '{"type":"LEAVE","src":',
  expire: '{"type":"EXPIRE","src":',
};

const CLOSING_BRACE = 0x7d;

/** Writes messages into one buffer that is used again and again, and grows with the longest. */
export class Encoder {
  #buffer = Buffer.allocUnsafe(4096);

  /** M1, M2, M3: exactly `type`, `src`, `dst`, and the payload byte for byte where there is one. Borrowed until the next call. */
  encode({ kind, from, to, payload }: SignalMessage): Uint8Array {
    const addressed = `${HEADS[kind]}${JSON.stringify(from)},"dst":${JSON.stringify(to)}`;
    const head = addressed + (payload === undefined ? '}' : ',"payload":');
    // A character of a string takes at most three bytes of UTF-8.
    const room = head.length * 3 + (payload?.length ?? 0) + 1;
    if (this.#buffer.length < room) this.#buffer = Buffer.allocUnsafe(room * 2);
    const buffer = this.#buffer;
    let end = buffer.write(head);
    if (payload === undefined) return buffer.subarray(0, end);
    buffer.set(payload, end);
    end += payload.length;
    buffer[end] = CLOSING_BRACE;
    return buffer.subarray(0, end + 1);
  }
}
