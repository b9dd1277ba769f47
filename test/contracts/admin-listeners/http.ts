import { request, type IncomingMessage } from 'node:http';
import { HttpAdminListener } from '../../../src/adapters/admin-listeners/http/listener.ts';
import type { AdminListener } from '../../../src/application/ports/admin-listener.ts';
import type { AdminClient, AdminRole, AdminStream, AdminSubject, Answered } from './subject.ts';
import { ACT, TOKEN, VIEWER } from '../../support/admin-fixture.ts';

const TOKENS: Readonly<Record<AdminRole, string | undefined>> = { operator: TOKEN, viewer: VIEWER, stranger: undefined };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parts that a mutant changes. */
export interface HttpChanges {
  readonly tokens?: Readonly<Record<AdminRole, string | undefined>>;
  readonly listener?: (correct: AdminListener) => AdminListener;
}

/** A listener on a free port of loopback, with both tokens. */
export function httpSubject({ tokens = TOKENS, listener = (same) => same }: HttpChanges = {}): AdminSubject {
  let port = 0;
  const opened: AdminListener[] = [];
  const make = (): AdminListener => {
    const settings = { token: TOKEN, viewerToken: VIEWER, hosts: [], place: { host: '127.0.0.1', port } };
    const correct = new HttpAdminListener(settings, { record: () => undefined });
    opened.push(correct);
    return correct;
  };
  const first = listener(make());
  return {
    listener: {
      async listen(services) {
        const place = await first.listen(services);
        port = Number(new URL(place).port);
        return place;
      },
      stop: () => first.stop(),
    },
    rival: () => listener(make()),
    client: (role) => new HttpAdminClient(() => port, tokens[role]),
    async dispose() {
      for (const one of opened) await one.stop();
    },
  };
}

class HttpAdminClient implements AdminClient {
  readonly #port: () => number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(port: () => number, token: string | undefined) {
    this.#port = port;
    this.#headers = token === undefined ? ACT : { ...ACT, authorization: `Bearer ${token}` };
  }

  async isHealthy(): Promise<boolean> {
    const { statusCode } = await this.#send({ method: 'GET', path: '/readyz' }).catch(() => ({ statusCode: 0 }));
    return statusCode === 200;
  }

  async overview(): ReturnType<AdminClient['overview']> {
    const found = await this.#json<{ nodes: { node: string }[]; missing: string[] }>('GET', '/api/overview');
    return typeof found === 'string' ? found : { nodes: found.nodes.map(({ node }) => node), missing: found.missing };
  }

  async peers(prefix: string): ReturnType<AdminClient['peers']> {
    const found = await this.#json<{ peers: { id: string }[] }>('GET', `/api/peers?${queryOf({ prefix })}`);
    return typeof found === 'string' ? found : found.peers.map(({ id }) => id);
  }

  async expel({ realm, id }: { realm: string; id: string }, reason: string): ReturnType<AdminClient['expel']> {
    const path = `/api/peers/${realm}/${id}?${queryOf({ reason })}`;
    const done = await this.#json<{ closed: number }>('DELETE', path);
    return typeof done === 'string' ? done : done.closed;
  }

  async drain(reason: string): ReturnType<AdminClient['drain']> {
    const done = await this.#json<{ draining: true }>('POST', `/api/drain?${queryOf({ reason })}`);
    return typeof done === 'string' ? done : done.draining;
  }

  async metrics(accept: string): ReturnType<AdminClient['metrics']> {
    const response = await this.#send({ method: 'GET', path: '/metrics', headers: { accept } });
    return refusalOf(response) ?? (await textOf(response));
  }

  configuration(): ReturnType<AdminClient['configuration']> {
    return this.#json('GET', '/api/config');
  }

  seconds(): Promise<Answered<AdminStream>> {
    return this.#stream('/api/events');
  }

  trace(target: { realm: string; id: string }): Promise<Answered<AdminStream>> {
    return this.#stream(`/api/trace?${queryOf({ realm: target.realm, id: target.id })}`);
  }

  async #json<Value>(method: string, path: string): Promise<Answered<Value>> {
    const response = await this.#send({ method, path });
    return refusalOf(response) ?? (JSON.parse(await textOf(response)) as Value);
  }

  async #stream(path: string): Promise<Answered<AdminStream>> {
    const response = await this.#send({ method: 'GET', path });
    return refusalOf(response) ?? streamOf(response);
  }

  #send({ method, path, headers = {} }: Asked): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port: this.#port(), method, path };
      request({ ...target, headers: { host: 'localhost', ...this.#headers, ...headers } }, resolve)
        .on('error', reject)
        .end();
    });
  }
}

function queryOf(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

function refusalOf(response: IncomingMessage): 'refused' | 'failed' | 'absent' | undefined {
  const { statusCode = 0 } = response;
  if (statusCode < 400) return undefined;
  response.resume();
  if (statusCode === 401 || statusCode === 403) return 'refused';
  return statusCode === 404 ? 'absent' : 'failed';
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return text;
}

function streamOf(response: IncomingMessage): AdminStream {
  const events: unknown[] = [];
  const readers: ((event: unknown) => void)[] = [];
  let text = '';
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
    for (const read of readers.splice(0)) read(undefined);
  };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (data === undefined) continue;
      const read = readers.shift();
      if (read === undefined) events.push(JSON.parse(data));
      else read(JSON.parse(data));
    }
  });
  response.on('close', end).on('error', end);
  return {
    next: () => new Promise((resolve) => (events.length > 0 || hasEnded ? resolve(events.shift()) : readers.push(resolve))),
    leave: () => void response.destroy(),
  };
}
