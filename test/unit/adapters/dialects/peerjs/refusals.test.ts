import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../../../../src/adapters/dialects/peerjs/refusals.ts';
import type { CloseFrame } from '../../../../../src/application/ports/dialect.ts';

const NO_CREDENTIALS = '{"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}';
const NO_ID = '{"type":"ERROR","payload":{"msg":"Invalid id"}}';

describe('the last message to a refused connection', () => {
  it.each([
    ['O1', 'credentials-missing', NO_CREDENTIALS, 1008],
    ['O1', 'peer-id-empty', NO_CREDENTIALS, 1008],
    ['O2', 'key-unknown', '{"type":"ERROR","payload":{"msg":"Invalid key provided"}}', 1008],
    ['O4', 'id-taken', '{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}', 1008],
    ['O6', 'realm-full', '{"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit"}}', 1013],
    ['O7', 'peer-id-too-long', NO_ID, 1008],
    ['O7', 'peer-id-unprintable', NO_ID, 1008],
  ] as const)('%s: %s', (_, reason, frame, code) => {
    expect(textOf(REFUSALS[reason])).toBe(frame);
    expect(REFUSALS[reason].code).toBe(code);
  });
});

function textOf({ frame }: CloseFrame): string {
  return new TextDecoder().decode(frame);
}
