import { request } from 'node:http';
import { HttpAdminListener } from '../../src/adapters/admin-listeners/http/listener.ts';
import type { BuiltPage } from '../../src/adapters/admin-listeners/http/status-page.ts';
import type { DoctorSettings } from '../../src/adapters/admin-listeners/http/doctor-routes.ts';
import type { AdminPlace } from '../../src/adapters/admin-listeners/http/bind.ts';
import type { AdminServices } from '../../src/application/ports/admin-listener.ts';
import type { LogEvent } from '../../src/application/ports/log.ts';
import { TestBroker } from './test-broker.ts';

export const TOKEN = 'operator-operator-operator-operator';
export const VIEWER = 'viewer-viewer-viewer-viewer-viewer-';
export const ACT = { 'x-signalbox-admin': '1' };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An admin listener on a free loopback port or a socket, with a broker on a manual clock. */
export class AdminFixture {
  readonly broker = new TestBroker({}, { requestDrain: () => (this.drains += 1) });
  readonly events: LogEvent[] = [];
  readonly listener: HttpAdminListener;
  drains = 0;
  #place = new URL('http://127.0.0.1');
  readonly #socketPath: string | undefined;

  constructor(
    settings: {
      token?: string;
      viewerToken?: string;
      hosts?: string[];
      place?: AdminPlace;
      page?: BuiltPage;
      doctor?: DoctorSettings;
    } = {},
  ) {
    const { token, viewerToken, hosts = [], place = { host: '127.0.0.1', port: 0 }, page, doctor } = settings;
    this.#socketPath = 'socket' in place ? place.socket : undefined;
    const log = { record: (event: LogEvent): void => void this.events.push(event) };
    this.listener = new HttpAdminListener({ token, viewerToken, hosts, place, page, doctor }, log);
  }

  async start(services: Partial<AdminServices> = {}): Promise<this> {
    const place = await this.listener.listen({
      ...this.broker.broker.adminServices(),
      metrics: (accept) => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: `# ${accept ?? 'none'}\n` }),
      configuration: () => [{ name: 'port', value: 9000, source: undefined }],
      ...services,
    });
    if (this.#socketPath === undefined) this.#place = new URL(place);
    return this;
  }

  /** @param then called with each chunk of the body. */
  ask(method: string, path: string, { headers = {}, body }: Asked = {}, then?: (text: string) => void): Promise<Answer> {
    const to = this.#socketPath === undefined ? { port: this.#place.port } : { socketPath: this.#socketPath };
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', ...to, method, path, headers: { host: 'localhost', ...headers } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          then?.(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      });
      sent.on('error', reject).end(body);
    });
  }

  get url(): string {
    return this.#place.origin;
  }

  /** The status, and the code of the problem. */
  async outcome(method: string, path: string, asked?: Asked): Promise<[number, unknown]> {
    const { status, body } = await this.ask(method, path, asked);
    return [status, body.startsWith('{') ? (JSON.parse(body) as { code?: string }).code : undefined];
  }
}
