import type { ConformArguments } from '../arguments.ts';
import { commandServers } from './command-servers.ts';
import { externalServer } from './external-server.ts';
import type { Servers } from './servers.ts';

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** The server that the arguments select. */
export function serversFor({ target, declared, name, patience, startTimeout, insecure }: ConformArguments): Servers {
  if (!('url' in target)) {
    return commandServers({ name: name ?? target.command, template: target.template, declared, patience, startTimeout });
  }
  const { protocol, hostname, port, href } = target.url;
  const address = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (PORTS[protocol] ?? 0) : Number(port),
    secure: protocol === 'https:',
    trustsAnyCertificate: insecure,
  };
  return externalServer({ name: name ?? href, address, declared, patience });
}
