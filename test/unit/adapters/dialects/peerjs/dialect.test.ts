import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../../../src/adapters/dialects/peerjs/dialect.ts';
import { parsePeerId, type PeerId } from '../../../../../src/domain/ids.ts';

const dialect = new PeerjsDialect('/myapp/');
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('the PeerJS dialect', () => {
  it('O3, O5: welcomes with OPEN', () => {
    expect(text(dialect.openFrame({ replaces: 'socket' }))).toBe('{"type":"OPEN"}');
  });

  it('O9: opens behind its prefix', () => {
    expect(dialect.servesWebSocketAt('/myapp/peerjs')).toBe(true);
    expect(dialect.servesWebSocketAt('/peerjs')).toBe(false);
  });

  it('H2: routes behind its prefix, and answers', () => {
    expect(
      dialect.route('/myapp/peerjs/id')?.handle({ method: 'GET', path: '', query: '', header: () => undefined }, 'none'),
    ).toEqual({
      action: 'issue-peer-id',
      key: 'peerjs',
    });
    expect(dialect.httpResponse({ kind: 'peer-id', id: 'ann' }).body).toBe('ann');
  });

  it('O1: reads credentials', () => {
    expect(dialect.connectRequest('key=k&id=i&token=t')).toEqual({ as: 'peer', key: 'k', id: 'i', token: 't' });
  });

  it('O7: an id that is too long is refused by its own reason', () => {
    const parsed = parsePeerId('x'.repeat(129));
    if (parsed.ok) return expect.fail('it is too long');
    expect(text(dialect.refusal(parsed.refusal).frame)).toBe('{"type":"ERROR","payload":{"msg":"Invalid id"}}');
  });

  it('L1: says goodbye to the silent with 4002', () => {
    expect(dialect.closeFrame('silent').code).toBe(4002);
  });

  it('M1: what a peer wrote about src is not what leaves', () => {
    const frame = Buffer.from('{"type":"OFFER","src":"mallory","dst":"bob","payload":{"sdp":1},"extra":true}');
    const request = dialect.decode(frame, false);
    if (request.action !== 'relay') return expect.fail('it is an offer');
    const message = { kind: request.kind, from: 'ann' as PeerId, to: request.to as PeerId, payload: request.payload };
    expect(text(dialect.encode(message))).toBe('{"type":"OFFER","src":"ann","dst":"bob","payload":{"sdp":1}}');
  });
});
