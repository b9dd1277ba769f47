import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
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

  it('uses the certificate of the configuration', async () => {
    const tls = { keyFile: 'no-such.key', certFile: 'no-such.crt' };
    const transport = await makeTransport({ ...defaultConfig(), transport: 'node', host: '127.0.0.1', port: 0, tls }, log);
    await expect(transport.listen({} as never)).rejects.toThrow(/no-such/);
  });
});
