import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { configName } from '../../../src/composition/configuration/option-names.ts';
import { rememberSources } from '../../../src/composition/configuration/option-sources.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { makeTransport } from '../../../src/composition/make-transport.ts';

const log = { record: () => undefined };

describe('the transport of a configuration', () => {
  it('listens on the host and port of the configuration', async () => {
    const transport = await makeTransport({ ...defaultConfig(), transport: 'node', host: '127.0.0.1', port: 0 }, log);
    const gateway = { http: () => undefined } as never;
    const { host, port, secure } = await transport.listen(gateway);
    await transport.stop();
    expect({ host, isOpen: port > 0, secure }).toEqual({ host: '127.0.0.1', isOpen: true, secure: false });
  });

  it.each([
    ['uws', 'keepAliveTimeout', 1_000, ['--keep_alive_timeout']],
    ['uws', 'handshakeTimeout', 1_000, ['--handshake_timeout']],
    ['uws', 'handshakeTimeout', 10_000, []],
    ['node', 'keepAliveTimeout', 1_000, []],
  ] as const)('warns on %s of %s %i, if the transport has a fixed one', async (wanted, name, value, options) => {
    const config = { ...defaultConfig(), transport: wanted, [name]: value };
    rememberSources(config, (option) => (configName(option) === name ? `--${option}` : undefined));
    const events: LogEvent[] = [];
    const made = makeTransport(config, { record: (event) => void events.push(event) });
    // The library has no build for some platforms.
    const transport = await made.catch((error: unknown) => error);
    if (transport instanceof ListenError) return;
    expect(events.flatMap((event) => (event.event === 'option-ineffective' ? [event.option] : []))).toEqual(options);
  });

  it('uses the certificate of the configuration', async () => {
    const tls = { keyFile: 'no-such.key', certFile: 'no-such.crt' };
    const transport = await makeTransport({ ...defaultConfig(), transport: 'node', host: '127.0.0.1', port: 0, tls }, log);
    await expect(transport.listen({} as never)).rejects.toThrow(/no-such/);
  });
});
