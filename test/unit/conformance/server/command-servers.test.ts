import { describe, expect, it } from 'vitest';
import { sendRequest } from '../../../../conformance/client/send-request.ts';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { commandServers } from '../../../../conformance/server/command-servers.ts';
import { readTemplate } from '../../../../conformance/server/command-template.ts';
import { StartFailed, type Servers } from '../../../../conformance/server/servers.ts';
import { SETUPS } from '../../../../conformance/setups.ts';

const LISTEN = "require('http').createServer((q, s) => s.end(process.argv.slice(2).join())).listen(process.argv[1], '127.0.0.1')";

function servers(script: string, rest = '{port} {options}', startTimeout = 10_000): Servers {
  const template = readTemplate(`"${process.execPath}" -e "${script}" ${rest}`);
  return commandServers({ name: 'node', template, declared: { path: '/told' }, patience: 2_000, startTimeout });
}

describe('a command', () => {
  it('starts a server with its settings, waits for a response, and stops it', async () => {
    const server = await servers(LISTEN, '{port} -- {options}').start({ expire_timeout: 600, path: '/told' });
    const { body } = await sendRequest(server.profile, new Transcript(), '/');
    expect(body).toMatch(/--path,\/told,--expire_timeout,600$/);
    expect(server.profile).toMatchObject({ path: '/told/', patience: 2_000, settings: { expire_timeout: 600 } });
    expect([server.canRestart, server.exitReason()]).toEqual([true, undefined]);
    await server.stop();
    expect(server.exitReason()).toBe('its process exited with SIGTERM: ');
  });

  it('shares one process for identical commands', () => {
    const { processKey, resolve } = servers(LISTEN);
    const signs = [SETUPS['long timeouts'], SETUPS['no discovery'], SETUPS.discovery].map((setup) => {
      const settled = resolve(setup);
      return 'settings' in settled ? processKey(settled.settings) : settled.missing;
    });
    expect(signs[0]).toBe(signs[1]);
    expect(signs[0]).not.toBe(signs[2]);
  });

  it('reports settings without a placeholder', () => {
    expect(servers(LISTEN).resolve(SETUPS['small buffers'])).toEqual({
      missing: 'value unknown; pass the flag or add the placeholder to --command: --send-buffer-bytes',
    });
  });

  it('reports a process that exits before responding, with its last output', async () => {
    const starting = servers("console.error('no such flag'); process.exit(2)").start({});
    await expect(starting).rejects.toThrow(/exited with code 2: no such flag$/);
    await expect(servers('process.exit(0)').start({})).rejects.toThrow(StartFailed);
  });

  it('stops a server that does not respond in time', async () => {
    await expect(servers('setInterval(Date, 1e6)', '{port} {options}', 200).start({})).rejects.toThrow(
      'did not respond within 200 ms',
    );
  });
});
