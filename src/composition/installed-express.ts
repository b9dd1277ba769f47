import { createRequire } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { applicationFiles } from '../adapters/transports/shared/application-modules.ts';

/** The part of an Express application that the drop-in API uses. */
export interface ExpressApp {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  handle(request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  disable(setting: string): void;
}

/**
 * Loads the Express of the program: from the folder of its main script, from the current folder, or beside this package.
 * @returns undefined if none is installed.
 */
export function installedExpress(): (() => ExpressApp) | undefined {
  for (const file of applicationFiles()) {
    try {
      return createRequire(file)('express') as () => ExpressApp;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
