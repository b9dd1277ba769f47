import type { AdminPlace } from '../../adapters/admin-listeners/http/bind.ts';
import { list, text, type ValueType } from './option.ts';
import { secret } from './option-types.ts';

const MIN_TOKEN_LENGTH = 32;
const MAX_TOKEN_LENGTH = 512;
/** A longer path does not fit into the address of a socket. */
const MAX_SOCKET_PATH = 107;

/** ADM1: an address with a port, or the path of a UNIX socket. */
export function adminPlace(): ValueType<string> {
  return text({
    placeholder: '<address|unix:path>',
    allowed:
      "an address and a port, or the path of a UNIX socket, such as '127.0.0.1:9001', '[::1]:9001' or 'unix:/run/admin.sock'",
    parse: (value) => (parseAdminPlace(value) === undefined ? undefined : value),
  });
}

/** @returns undefined for a text that is no place. */
export function parseAdminPlace(value: string): AdminPlace | undefined {
  const { socket } = /^unix:(?<socket>\/[^\p{Cc}]+)$/u.exec(value)?.groups ?? {};
  if (socket !== undefined) return Buffer.byteLength(socket) <= MAX_SOCKET_PATH ? { socket } : undefined;
  const { host, port } = /^(?<host>\[[\da-f:.]+\]|[\w.-]+):(?<port>\d{1,5})$/i.exec(value)?.groups ?? {};
  if (host === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** ADM10: it is never shown. */
export function adminToken(): ValueType<string> {
  return secret(
    text({
      placeholder: '<secret>',
      allowed: `a text of ${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} characters without blanks`,
      parse: (value) =>
        value.length < MIN_TOKEN_LENGTH || value.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(value) ? undefined : value,
    }),
  );
}

/** ADM9: names without ports. */
export function adminHosts(): ValueType<readonly string[], string | readonly string[]> {
  return list({
    placeholder: '<host>',
    allowed: "host names or addresses without ports, such as 'admin.example.org' or '[2001:db8::1]'",
    parse: (value) => (/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(value) ? value : undefined),
  });
}
