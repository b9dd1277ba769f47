import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../../src/adapters/dialects/peerjs/decode.ts';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';
import { XhrRoutes } from '../../../../../src/adapters/dialects/peerjs/xhr-routes.ts';
import type { HttpAction } from '../../../../../src/application/ports/requests.ts';

const routes = new XhrRoutes('/myapp/', new Decoder(new TextCache()), 100);
const ann = { key: 'peerjs', id: 'ann', token: 'hers' };

function posted(path: string, body = ''): HttpAction | undefined {
  const asked = routes.find(path)?.handle({ method: 'POST', path, query: '', header: () => undefined }, 'none');
  return asked?.action === 'read-body' ? asked.then(Buffer.from(body)) : asked;
}

describe('routes of PeerJS 0.3', () => {
  it('X2: open a stream for a peer', () => {
    expect(posted('/myapp/peerjs/ann/hers/id')).toMatchObject({ action: 'open-stream', connectRequest: { as: 'peer', ...ann } });
  });

  it('X6: accept messages of four kinds', () => {
    const message = (type: string): string => `{"type":"${type}","dst":"bob","payload":{"a":1}}`;
    for (const kind of ['offer', 'answer', 'candidate', 'leave']) {
      const request = { action: 'relay', kind, to: 'bob' };
      expect(posted(`/myapp/peerjs/ann/hers/${kind}`, message(kind.toUpperCase()))).toMatchObject({
        action: 'send-for-peer',
        ...ann,
        request,
      });
    }
  });

  it('X6, M22: accept LEAVE with or without a body, with its size', () => {
    const goodbye = { action: 'send-for-peer', ...ann, request: { action: 'leave' } };
    expect([posted('/myapp/peerjs/ann/hers/leave'), posted('/myapp/peerjs/ann/hers/leave', '{"type":"LEAVE"}')]).toEqual([
      { ...goodbye, bytes: 0 },
      { ...goodbye, bytes: 16 },
    ]);
  });

  it('X6: reject a body that does not fit the path', () => {
    for (const body of ['', '{', '{"type":"ANSWER","dst":"bob"}', '{"type":"HEARTBEAT"}']) {
      expect(posted('/myapp/peerjs/ann/hers/offer', body), body).toMatchObject({ action: 'respond', response: { status: 400 } });
    }
  });

  it('X8: are not found at any other path', () => {
    const elsewhere = [
      '/peerjs/ann/hers/id',
      '/myapp/peerjs/ann/hers',
      '/myapp/peerjs/ann/hers/x',
      '/myapp/peerjs/ann/hers/id/x',
    ];
    for (const path of [...elsewhere, '/myapp//ann/hers/id', '/myapp/%/ann/hers/id']) {
      expect(routes.find(path), path).toBeUndefined();
    }
  });
});
