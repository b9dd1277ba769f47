import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { MountPoints } from '../../../../../src/adapters/transports/node/mount-points.ts';

const routed = (...paths: string[]): MountPoints => new MountPoints({ paths: () => paths, mayBeRouted: true });
const request = (originalUrl: string, url: string): IncomingMessage => ({ originalUrl, url }) as unknown as IncomingMessage;

describe('the mount points of a broker', () => {
  it('are those that the application knows', () => {
    const mounts = routed('/a', '/b/');
    expect(['/a/peerjs', '/b/peerjs', '/a', '/ab/peerjs', '/c/peerjs'].map((path) => mounts.below(path))).toEqual([
      ...[['/peerjs'], ['/peerjs'], ['/'], [], []],
    ]);
    expect(mounts.belowAny('/c/peerjs')).toEqual([]);
  });

  it('are learned from the requests of a router', () => {
    const mounts = routed('');
    mounts.learn(request('/api/signal/peerjs/id?ts=1', '/peerjs/id?ts=1'));
    expect(mounts.below('/api/signal/peerjs')).toEqual(['/api/signal/peerjs', '/peerjs']);
  });

  it('can be any before the first request, and after a request of a router', () => {
    const mounts = routed('');
    expect(mounts.belowAny('/api/peerjs')).toEqual(['/api/peerjs', '/peerjs']);
    mounts.learn(request('/rooms/1/peerjs/id', '/peerjs/id'));
    expect(mounts.belowAny('/rooms/2/peerjs')).toEqual(['/rooms/2/peerjs', '/2/peerjs', '/peerjs']);
  });

  it('can be any if the known path has parameters', () => {
    expect(routed('/rooms/:room').belowAny('/rooms/1/peerjs')).toContain('/peerjs');
  });

  it('are no others after a request that no router has changed', () => {
    const mounts = routed('');
    mounts.learn(request('/peerjs/id', '/peerjs/id'));
    mounts.learn({ url: '/peerjs/id' } as IncomingMessage);
    expect(mounts.belowAny('/api/peerjs')).toEqual([]);
  });

  it('are no others on a server of the broker', () => {
    const mounts = new MountPoints({ paths: () => [''], mayBeRouted: false });
    mounts.learn(request('/api/peerjs/id', '/peerjs/id'));
    expect([mounts.below('/api/peerjs'), mounts.belowAny('/api/peerjs')]).toEqual([['/api/peerjs'], []]);
  });

  it('with parameters do not grow without a limit', () => {
    const mounts = routed('');
    for (let room = 0; room < 1_000; room++) mounts.learn(request(`/rooms/${room}/peerjs/id`, '/peerjs/id'));
    expect(mounts.below('/rooms/999/peerjs')).toContain('/peerjs');
    expect(mounts.below('/rooms/0/peerjs')).toEqual(['/rooms/0/peerjs']);
  });
});
