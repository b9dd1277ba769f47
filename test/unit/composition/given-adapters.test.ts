import { describe, expect, it } from 'vitest';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PeeroDialect } from '../../../src/adapters/dialects/peero/dialect.ts';
import { MemoryPeerDirectory } from '../../../src/adapters/directories/memory/directory.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import { SINGLE_NODE } from '../../../src/composition/adapter-registry.ts';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeAdapters, type AdapterParts, type Adapters } from '../../../src/composition/given-adapters.ts';

const clock = new ManualClock();
const broker = { config: defaultConfig(), clock, log: new SilentLog(), telemetry: new MemoryTelemetry() };

describe('makeAdapters', () => {
  it('takes an adapter as it is, and leaves the others to the options', async () => {
    const mailboxes = new MemoryMailboxStore(broker.config);
    const { environment, transport } = await makeAdapters({ mailboxes }, broker);
    expect(environment.mailboxes).toBe(mailboxes);
    expect([environment.engine, environment.directory, environment.authorizer, transport]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('calls a function with the parts of the broker, and waits for its promise', async () => {
    const received: AdapterParts[] = [];
    const own = new MemoryTransport();
    const make = async (parts: AdapterParts) => (received.push(parts), own);
    expect((await makeAdapters({ transport: make }, broker)).transport).toBe(own);
    expect(received).toEqual([{ ...broker, node: SINGLE_NODE }]);
  });

  it('a bus makes the broker a node of a cluster, with a name of its own', async () => {
    const adapters: Adapters = {
      bus: ({ node }) => new MemoryBusNetwork().busOf(node),
      directory: new MemoryPeerDirectory(clock),
      mailboxes: new MemoryMailboxStore(broker.config),
    };
    const [one, other] = [await makeAdapters(adapters, broker), await makeAdapters(adapters, broker)];
    expect(one.environment.engine?.directory).toBe(adapters.directory);
    expect(one.environment.engine?.node).not.toBe(SINGLE_NODE);
    expect(one.environment.engine?.node).not.toBe(other.environment.engine?.node);
  });

  it('refuses a dialect with the name of another one', async () => {
    const own = new PeeroDialect('/own');
    const config = { ...broker.config, dialects: ['peerjs', 'peero'] as const };
    await expect(makeAdapters({ dialects: [own] }, { ...broker, config })).rejects.toThrow(
      'adapters.dialects has the dialect peero, whose name another dialect has',
    );
    expect((await makeAdapters({ dialects: [own] }, broker)).environment.moreDialects).toEqual([own]);
  });

  it('counts the decisions of an authorizer', async () => {
    const authorizer = {
      headers: [],
      authorize: (_: unknown, answer: (outcome: never) => void) => answer({ ok: true } as never),
    };
    const { environment } = await makeAdapters({ authorizer }, broker);
    environment.authorizer?.authorize({} as never, () => undefined);
    expect(broker.telemetry.samples('auth_total')).toMatchObject([
      { labels: { method: 'adapter', result: 'granted' }, value: 1 },
    ]);
  });

  it('names the adapter whose function fails, or returns something else', async () => {
    const failing: Adapters = { directory: () => Promise.reject(new Error('disk full')) };
    await expect(makeAdapters(failing, broker)).rejects.toThrow(ConfigError);
    await expect(makeAdapters(failing, broker)).rejects.toThrow(
      'adapters.directory: the function that makes the adapter failed: disk full',
    );
    const wrong = { mailboxes: () => ({ put: () => undefined }) } as never;
    await expect(makeAdapters(wrong, broker)).rejects.toThrow(/^adapters\.mailboxes has no method take/);
  });
});
