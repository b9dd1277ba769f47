import { maybe, option, type Option } from './option.ts';
import { adminHosts, adminPlace, adminToken } from './admin-option-types.ts';

/** The options of the admin listener. */
export const ADMIN_OPTIONS = {
  admin: option(maybe(adminPlace()), {
    group: 'Administration',
    description:
      'Address or UNIX socket of the admin listener, such as 127.0.0.1:9001 or unix:/run/admin.sock. It serves metrics, ' +
      'health checks and the API for operators. Without it, there is none.',
    effect: 'None: the public port does not serve it.',
    default: undefined,
  }),
  admin_token: option(maybe(adminToken()), {
    group: 'Administration',
    description:
      'Secret that operators show to the admin listener. Required unless the listener is on loopback or on a UNIX socket.',
    default: undefined,
  }),
  admin_viewer_token: option(maybe(adminToken()), {
    group: 'Administration',
    description:
      'Secret for the admin listener that allows to look, and not to act, such as for Prometheus. Requires admin_token.',
    default: undefined,
  }),
  admin_hosts: option(adminHosts(), {
    group: 'Administration',
    description:
      'Host names under which the admin listener is reached, beside localhost and its own address. Repeat the option for several names.',
    effect: 'Requests with any other Host header: 421 (ADM9).',
    default: [],
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
