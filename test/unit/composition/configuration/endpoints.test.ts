import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

function messages(...argv: string[]): string[] {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

describe('paths of dialects', () => {
  it('are all different by default', () => expect(messages('--all', '--mercure_open')).toEqual([]));

  it('reject two dialects with the same path', () => {
    expect(messages('--dialects', 'relay,peero', '--relay_path', '/x', '--peero_path', '/x/')).toEqual([
      "--relay_path is '/x', which is a path of peero (--peero_path): choose another path for relay",
    ]);
    expect(messages('--dialects', 'relay,peero', '--relay_path', '/peero')).toEqual([
      "--relay_path is '/peero', which is a path of peero (the default of peero_path): choose another path for relay",
    ]);
  });

  it.each(['/', '/peerjs', '/peerjs/id', '/peerjs/peers'])('reject %s, which is a path of PeerJS', (path) => {
    expect(messages('--dialects', 'peerjs,relay', '--relay_path', path)).toEqual([
      `--relay_path is '${path}', which is a path of peerjs: choose another path for relay`,
    ]);
  });

  it('reject paths below the path of PeerJS, and with its keys', () => {
    const flags = ['--dialects', 'peerjs,relay', '--path', '/a', '--key', 'k'];
    expect(messages(...flags, '--relay_path', '/a/k/id')).toHaveLength(1);
    expect(messages(...flags, '--relay_path', '/')).toEqual([]);
  });

  it('accept / without PeerJS', () => expect(messages('--dialects', 'relay', '--relay_path', '/')).toEqual([]));

  it('reject paths below the path of Socket.IO', () => {
    expect(messages('--dialects', 'socketio,relay', '--relay_path', '/socket.io/relay')).toEqual([
      "--relay_path is '/socket.io/relay', which is a path of socketio (the default of socketio_path): choose another path for relay",
    ]);
    expect(messages('--dialects', 'socketio', '--socketio_path', '/')).toEqual([
      "--socketio_path is '/', which is a path of the health checks: choose another path for socketio",
    ]);
  });

  it('reject the path of a health check', () => {
    expect(messages('--dialects', 'relay', '--relay_path', '/healthz')).toEqual([
      "--relay_path is '/healthz', which is a path of the health checks: choose another path for relay",
    ]);
  });

  it('accept the path of a dialect that is not served', () => {
    expect(messages('--dialects', 'relay', '--relay_path', '/peero')).toEqual([]);
  });
});
