import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

function complaints(...argv: string[]): string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

describe('paths of dialects', () => {
  it('of all dialects do not meet', () => expect(complaints('--all', '--mercure_open')).toEqual([]));

  it('two dialects at one path are refused', () => {
    expect(complaints('--dialects', 'relay,peero', '--relay_path', '/x', '--peero_path', '/x/')).toEqual([
      "--relay_path is '/x', which belongs to peero (--peero_path): give relay a path of its own",
    ]);
    expect(complaints('--dialects', 'relay,peero', '--relay_path', '/peero')).toEqual([
      "--relay_path is '/peero', which belongs to peero (the default of peero_path): give relay a path of its own",
    ]);
  });

  it.each(['/', '/peerjs', '/peerjs/id', '/peerjs/peers'])('%s belongs to PeerJS', (path) => {
    expect(complaints('--dialects', 'peerjs,relay', '--relay_path', path)).toEqual([
      `--relay_path is '${path}', which belongs to peerjs: give relay a path of its own`,
    ]);
  });

  it('beneath the path of PeerJS, and with its keys', () => {
    const flags = ['--dialects', 'peerjs,relay', '--path', '/a', '--key', 'k'];
    expect(complaints(...flags, '--relay_path', '/a/k/id')).toHaveLength(1);
    expect(complaints(...flags, '--relay_path', '/')).toEqual([]);
  });

  it('the root is free without PeerJS', () => expect(complaints('--dialects', 'relay', '--relay_path', '/')).toEqual([]));

  it('beneath the path of Socket.IO nothing else is served', () => {
    expect(complaints('--dialects', 'socketio,relay', '--relay_path', '/socket.io/relay')).toEqual([
      "--relay_path is '/socket.io/relay', which belongs to socketio (the default of socketio_path): give relay a path of its own",
    ]);
    expect(complaints('--dialects', 'socketio', '--socketio_path', '/')).toEqual([
      "--socketio_path is '/', which belongs to the health checks: give socketio a path of its own",
    ]);
  });

  it('that of a health check is refused', () => {
    expect(complaints('--dialects', 'relay', '--relay_path', '/healthz')).toEqual([
      "--relay_path is '/healthz', which belongs to the health checks: give relay a path of its own",
    ]);
  });

  it('a dialect that is not served takes no path', () => {
    expect(complaints('--dialects', 'relay', '--relay_path', '/peero')).toEqual([]);
  });
});
