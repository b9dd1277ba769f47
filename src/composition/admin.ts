import { HttpAdminListener } from '../adapters/admin-listeners/http/listener.ts';
import type { Broker } from '../application/broker.ts';
import type { AdminListener, AdminServices } from '../application/ports/admin-listener.ts';
import type { Log } from '../application/ports/log.ts';
import { invariant } from '../domain/invariant.ts';
import { builtPage } from './built-pages.ts';
import { parseAdminPlace } from './configuration/admin-option-types.ts';
import type { Config } from './configuration/config.ts';
import { optionsInEffect } from './options-in-effect.ts';

/** The parts of an embedding that the admin listener needs beside the broker. */
export interface AdminParts {
  readonly log: Log;
  readonly metrics: AdminServices['metrics'];
}

/** ADM1: starts the admin listener of the options. @returns undefined without the option. @throws ListenError. */
export async function startAdmin(config: Config, broker: Broker, parts: AdminParts): Promise<AdminListener | undefined> {
  const { admin, adminHosts } = config;
  if (admin === undefined) return undefined;
  const place = parseAdminPlace(admin);
  invariant(place !== undefined, 'the option admin was read before');
  const own = 'host' in place ? [place.host.includes(':') ? `[${place.host}]` : place.host] : [];
  const doctor = config.doctor === 'admin' ? { maxFrameBytes: config.maxMessageBytes } : undefined;
  const listener = new HttpAdminListener(
    {
      ...{ place, hosts: [...own, ...adminHosts], page: builtPage('status'), doctor },
      // Read at each use, because a reload changes them.
      get token() {
        return config.adminToken;
      },
      get viewerToken() {
        return config.adminViewerToken;
      },
    },
    parts.log,
  );
  const at = await listener.listen({
    ...broker.adminServices(),
    metrics: parts.metrics,
    configuration: () => optionsInEffect(config),
  });
  parts.log.record({ event: 'admin-listening', place: at });
  return listener;
}
