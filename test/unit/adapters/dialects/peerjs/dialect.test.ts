import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../../../src/adapters/dialects/peerjs/dialect.ts';
import { parsePeerId, type PeerId } from '../../../../../src/domain/ids.ts';

const dialect = new PeerjsDialect('/myapp/');
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('the PeerJS dialect', () => {
  it('O3, O5: sends OPEN first', () => {
    expect(text(dialect.openFrame({ replaces: 'socket' }))).toBe('{"type":"OPEN"}');
  });

  it('O9: accepts sockets under its prefix', () => {
    expect(dialect.servesWebSocketAt('/myapp/peerjs')).toBe(true);
    expect(dialect.servesWebSocketAt('/peerjs')).toBe(false);
  });

  it('H2: serves routes under its prefix, and responds', () => {
    expect(
      dialect.route('/myapp/peerjs/id')?.handle({ method: 'GET', path: '', query: '', header: () => undefined }, 'none'),
    ).toEqual({
      action: 'issue-peer-id',
      key: 'peerjs',
    });
    expect(dialect.httpResponse({ kind: 'peer-id', id: 'ann' }).body).toBe('ann');
  });

  it('O1: reads credentials', () => {
    const credentials = { as: 'peer', key: 'k', id: 'i', token: 't' };
    expect(dialect.connectRequest('key=k&id=i&token=t')).toEqual({ ...credentials, canRefresh: false });
  });

  it('A7: notifies clients of PeerJS 1.x only', () => {
    const queries = [
      'version=1.5.5',
      'key=k&version=1.0.0',
      'version=0.3.14',
      'version=10.0',
      'id=version=1.5',
      'conversion=1.5',
      '',
    ];
    const requests = queries.map((query) => dialect.connectRequest(query));
    expect(requests.map((one) => one.as === 'peer' && one.canRefresh)).toEqual([true, true, false, false, false, false, false]);
  });

  it('O7: refuses an id that is too long with the message for invalid ids', () => {
    const parsed = parsePeerId('x'.repeat(129));
    if (parsed.ok) return expect.fail('expected a refusal');
    expect(text(dialect.refusal(parsed.refusal).frame)).toBe('{"type":"ERROR","payload":{"msg":"Invalid id"}}');
  });

  it('L1: closes a timed-out connection with 4002', () => {
    expect(dialect.closeFrame('silent').code).toBe(4002);
  });

  it('M1: replaces the src of the sender', () => {
    const frame = Buffer.from('{"type":"OFFER","src":"mallory","dst":"bob","payload":{"sdp":1},"extra":true}');
    const request = dialect.decode(frame, false);
    if (request.action !== 'relay') return expect.fail('expected an offer');
    const message = { kind: request.kind, from: 'ann' as PeerId, to: request.to as PeerId, payload: request.payload };
    expect(text(dialect.encode(message))).toBe('{"type":"OFFER","src":"ann","dst":"bob","payload":{"sdp":1}}');
  });
});
