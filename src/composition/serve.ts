import type { Config, resolveConfig } from './configuration/config.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { makeLog } from './make-log.ts';
import { makeTransport } from './make-transport.ts';
import { loadPlugins } from './plugins.ts';
import { exitOnFault, exitOnStartError, printError } from './process-ends.ts';
import { fitting, reloadFrom } from './reload.ts';
import { handleSignals } from './signals.ts';

export { serveWithWorkers } from './workers/primary.ts';

/** Serves in this process. @param readOptions reads all sources again, for a reload. */
export async function serve(
  options: Config,
  plugins: readonly string[],
  readOptions: () => ReturnType<typeof resolveConfig>,
): Promise<void> {
  limitHeapGrowth();
  try {
    const adapters = await loadPlugins(plugins, options);
    // An authorizer from outside decides about every client.
    const auth = adapters.authorizer === undefined ? {} : { auth: 'required' as const };
    const config: Config = Object.assign(options, auth);
    const log = adapters.log ?? makeLog(config);
    exitOnFault(log);
    const broker = new EmbeddedBroker(config, { log, makeTransport, adapters });
    handleSignals(broker, log, () => {
      const read = fitting(readOptions(), config);
      if (read.ok) Object.assign(read.value.config, auth);
      for (const warning of reloadFrom(read, config, log)) printError(warning);
    });
    await broker.listen();
  } catch (error) {
    exitOnStartError(error);
  }
}
