import { finding, type Finding } from '../findings.ts';
import { parsed } from './hello.ts';

/** DOC1. */
export interface Hello {
  /** The clock of the broker, in milliseconds since 1970. */
  readonly time?: number | undefined;
  readonly request: {
    readonly address: string;
    readonly remoteAddress: string;
    readonly forwardedFor?: string;
    readonly forwardedProto?: string;
  };
}

/** An address that no client has (RFC 5737). The doctor sends it in X-Forwarded-For to find out whether it is believed. */
export const MADE_UP_ADDRESS = '192.0.2.55';

/** The observations of D3. */
export interface ViewObservation {
  readonly isHttps: boolean;
  readonly hello: Hello;
  /** The response to a request with the made-up address. */
  readonly forged: Hello | undefined;
  /** The header of a proxy. */
  readonly server: string | undefined;
}

/** D3. */
export function judgeView({ isHttps, hello, forged, server }: ViewObservation): Finding[] {
  const { address, remoteAddress, forwardedFor, forwardedProto } = hello.request;
  const findings: Finding[] = [];
  if (forged?.request.address === MADE_UP_ADDRESS) findings.push(finding('proxy-trusted-too-far'));
  else if (address === remoteAddress && isForwarded(forwardedFor, remoteAddress)) findings.push(finding('proxy-not-trusted'));
  else if (forwardedFor === undefined && server !== undefined) findings.push(finding('proxy-hides-address', { server }));
  if (isHttps && forwardedProto === 'http') findings.push(finding('https-lost'));
  return findings.length > 0 ? findings : [finding('seen')];
}

/** Whether a proxy names another client than itself. A client on the machine of the proxy has the same address. */
function isForwarded(forwardedFor: string | undefined, remoteAddress: string): boolean {
  const nearest = forwardedFor?.split(',').at(-1)?.trim();
  return nearest !== undefined && nearest !== remoteAddress;
}

/** Undefined for a body of another form. */
export function readHello(body: string): Hello | undefined {
  const hello = parsed(body) as Partial<Hello> | null | undefined;
  return typeof hello?.request?.address === 'string' && typeof hello.request.remoteAddress === 'string'
    ? (hello as Hello)
    : undefined;
}
