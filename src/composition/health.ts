import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { parseArgs } from 'node:util';
import { parseAdminPlace } from './configuration/admin-option-types.ts';
import { type Config, resolveConfig } from './configuration/config.ts';

const TIMEOUT_MS = 2_000;
const HEALTHY = 0;
const UNHEALTHY = 1;
const INVALID_USAGE = 2;

const USAGE = `Usage: signalbox health [--ready] [--process <id>] [options of signalbox]

Checks the health of the broker that has the same options, environment and config file: /healthz, or /readyz with --ready.
Exits with 0 if the broker is healthy, 1 and one line with the reason if not, and 2 for invalid options.

  --ready         also checks that new connections are accepted
  --process <id>  reads the options from the command line of that process (Linux), such as 1 in a container
`;

interface Outputs {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The command for health checks. @returns its exit code. */
export async function health(args: readonly string[], { stdout, stderr }: Outputs): Promise<number> {
  const reportError = (message: string): void => void stderr.write(`signalbox health: ${message}\n`);
  const { own, options } = splitArguments(args);
  if (own.help === true) {
    stdout.write(USAGE);
    return HEALTHY;
  }
  let argv = options;
  try {
    if (own.process !== undefined) argv = [...argumentsOf(own.process), ...options];
  } catch (error) {
    reportError(`process ${String(own.process)} can't be read: ${messageOf(error)}`);
    return UNHEALTHY;
  }
  const resolved = resolveConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, 'utf8') });
  if (!resolved.ok) {
    for (const { message } of resolved.refusal) reportError(message);
    return INVALID_USAGE;
  }
  const target = targetOf(resolved.value.config);
  if (target === undefined) {
    reportError('port is 0, so the actual port is unknown: give --port, or --admin');
    return INVALID_USAGE;
  }
  const path = own.ready === true ? '/readyz' : '/healthz';
  try {
    const { status, body } = await fetchStatus(target, path);
    if (status === 200) return HEALTHY;
    reportError(`${path} responded ${status}: ${body.trim()}`);
  } catch (error) {
    reportError(`no response from ${target.shown}: ${messageOf(error)}`);
  }
  return UNHEALTHY;
}

interface OwnFlags {
  readonly help?: boolean;
  readonly ready?: boolean;
  readonly process?: string;
}

/** Separates the flags of this command from the options of the broker. */
function splitArguments(args: readonly string[]): { own: OwnFlags; options: string[] } {
  const flags = { help: { type: 'boolean', short: 'h' }, ready: { type: 'boolean' }, process: { type: 'string' } } as const;
  const { values, tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true });
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !(token.name in flags)) continue;
    taken.add(token.index);
    if (token.name === 'process' && token.inlineValue === false) taken.add(token.index + 1);
  }
  return { own: values as OwnFlags, options: args.filter((_, i) => !taken.has(i)) };
}

/** The arguments of a broker process, also of one that an init runs, or that has replaced its process title. */
export function argumentsOf(id: string, read: (path: string) => string = (path) => readFileSync(path, 'utf8')): string[] {
  if (!/^\d+$/.test(id)) throw new Error('the id must be a number');
  const line = read(`/proc/${id}/cmdline`).replace(/\0+$/, '');
  const words = line.includes('\0') ? line.split('\0') : line.split(' ');
  const at = words.findIndex((word) => /(^|\/)(cli\.js|signalbox(\.m?js)?)$/.test(word));
  if (at < 0) throw new Error('the process does not run signalbox');
  return words.slice(at + 1);
}

/** Where the health checks of a broker are. */
interface Target {
  readonly address: { readonly host: string; readonly port: number } | { readonly socketPath: string };
  readonly isSecure: boolean;
  readonly shown: string;
}

/** The port of the broker. If the system chooses it, the admin listener. @returns undefined if neither is known. */
function targetOf(config: Config): Target | undefined {
  const { port, tls, admin } = config;
  if (port !== 0) return targetAt({ host: hostOf(config), port }, tls !== undefined);
  const place = admin === undefined ? undefined : parseAdminPlace(admin);
  if (place === undefined) return undefined;
  if ('host' in place) return place.port === 0 ? undefined : targetAt(place, false);
  return { address: { socketPath: place.socket }, isSecure: false, shown: place.socket };
}

function targetAt({ host, port }: { readonly host: string; readonly port: number }, isSecure: boolean): Target {
  const shown = `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { address: { host, port }, isSecure, shown };
}

/** The certificate is not verified, because the request goes to this machine and the certificate is for a public name. */
function fetchStatus({ address, isSecure }: Target, path: string): Promise<{ status: number; body: string }> {
  const options = { ...address, path, timeout: TIMEOUT_MS, agent: false as const };
  return new Promise((resolve, reject) => {
    const request = isSecure ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`timeout after ${TIMEOUT_MS} ms`)));
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.end();
  });
}

/** A broker that listens on all addresses also listens on loopback. */
function hostOf({ host }: Config): string {
  return host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
