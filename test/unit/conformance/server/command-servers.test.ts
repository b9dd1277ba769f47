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
  it('starts a server with its settings, waits until it answers, and ends it', async () => {
    const server = await servers(LISTEN, '{port} -- {options}').start({ expire_timeout: 600, path: '/told' });
    const { body } = await sendRequest(server.profile, new Transcript(), '/');
    expect(body).toMatch(/--path,\/told,--expire_timeout,600$/);
    expect(server.profile).toMatchObject({ path: '/told/', patience: 2_000, settings: { expire_timeout: 600 } });
    expect([server.canRestart, server.exitReason()]).toEqual([true, undefined]);
    await server.stop();
    expect(server.exitReason()).toBe('its process ended with SIGTERM: ');
  });

  it('shares a process where the command is the same', () => {
    const { processKey, resolve } = servers(LISTEN);
    const signs = [SETUPS.calm, SETUPS['no discovery'], SETUPS.discovery].map((setup) => {
      const settled = resolve(setup);
      return 'settings' in settled ? processKey(settled.settings) : settled.missing;
    });
    expect(signs[0]).toBe(signs[1]);
    expect(signs[0]).not.toBe(signs[2]);
  });

  it('says what it has no place for', () => {
    expect(servers(LISTEN).resolve(SETUPS['small buffers'])).toEqual({
      missing: 'neither told, nor has the command a place for it: --send-buffer-bytes',
    });
  });

  it('that ends instead of answering says so, with its last words', async () => {
    const starting = servers("console.error('no such flag'); process.exit(2)").start({});
    await expect(starting).rejects.toThrow(/ended with code 2: no such flag$/);
    await expect(servers('process.exit(0)').start({})).rejects.toThrow(StartFailed);
  });

  it('that does not answer in time is ended', async () => {
    await expect(servers('setInterval(Date, 1e6)', '{port} {options}', 200).start({})).rejects.toThrow(
      'did not answer within 200 ms',
    );
  });
});
