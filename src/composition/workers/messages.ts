import type { NodeId } from '../../domain/ids.ts';
import type { ListeningAddress } from '../../application/ports/transport.ts';

/** The texts of the files of the options, by path. */
export type OptionFiles = Readonly<Record<string, string>>;

/** From the primary process to a worker. */
export type WorkerOrder =
  | {
      readonly do: 'start';
      readonly worker: number;
      readonly workers: number;
      readonly port: number;
      /** The files as they were when the broker started. */
      readonly files: OptionFiles;
      /** The files of the last reload; undefined before. */
      readonly reloaded: OptionFiles | undefined;
      /** The version of the package that the primary process runs. */
      readonly version: string;
    }
  | { readonly do: 'reload'; readonly files: OptionFiles }
  | { readonly do: 'reload-certificate' }
  | { readonly do: 'drain' }
  /** The worker answers with `alive`. */
  | { readonly do: 'ping' };

/** From a worker to the primary process. */
export type WorkerReport =
  /** The worker waits for `start`. */
  | { readonly say: 'ready'; readonly node: NodeId }
  | { readonly say: 'alive' }
  | { readonly say: 'listening'; readonly address: ListeningAddress; readonly transport: string };
