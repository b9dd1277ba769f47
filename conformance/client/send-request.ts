import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import type { Transcript } from './transcript.ts';

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Sends one HTTP request on its own connection. `target` is sent verbatim.
 * @throws Failed after the patience; a Node.js error if the connection fails.
 */
export async function sendRequest(
  server: Profile,
  transcript: Transcript,
  target: string,
  { method = 'GET', headers = {}, body: sent = '' }: RequestOptions = {},
): Promise<HttpResponse> {
  const { host, port, secure, trustsAnyCertificate, patience } = server;
  const send = secure ? httpsRequest : httpRequest;
  const requestLines = [`${method} ${target}`, ...Object.entries(headers).map((pair) => pair.join(': ')), sent];
  transcript.sent('http', requestLines.join('\n').trimEnd());
  let abort = (): void => undefined;
  const pending = new Promise<HttpResponse>((resolve, reject) => {
    const outgoing = send({ host, port, path: target, method, headers, agent: false, rejectUnauthorized: !trustsAnyCertificate });
    abort = () => outgoing.destroy();
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
    });
    outgoing.end(sent);
  });
  try {
    const answer = await withTimeout(patience, `a response to ${method} ${target.slice(0, 80)}`, pending);
    transcript.received('http', `${answer.status} ${answer.body}`);
    return answer;
  } finally {
    abort();
  }
}
