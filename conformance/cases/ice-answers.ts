import { assertEqual, assertThat } from '../assertions.ts';
import type { HttpResponse } from '../client/send-request.ts';
import type { Fixture } from '../fixture.ts';
import { Failed } from '../outcomes.ts';

/** One entry of `iceServers`, as a browser expects it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** I2: a parsed answer. */
export interface IceAnswer {
  readonly servers: readonly IceServer[];
  /** The entry with credentials. */
  readonly turn: IceServer | undefined;
  readonly whole: Readonly<Record<string, unknown>>;
}

/** The parameters of a request for ICE servers. */
interface Asker {
  readonly id?: string;
  readonly token?: string;
  readonly key?: string;
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** GET {path}{key}/ice with the id and token in the query. */
export function askForIce(
  fixture: Fixture,
  { id, token, as, key = fixture.server.key, headers = {} }: Asker,
): Promise<HttpResponse> {
  const query = Object.entries({ id, token, as }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return fixture.request(`${encodeURIComponent(key)}/ice${query.length === 0 ? '' : `?${query.join('&')}`}`, { headers });
}

/** @throws Failed unless the status is 200, and the body is a JSON object with a list that browsers accept */
export function readIce({ status, body }: HttpResponse): IceAnswer {
  assertEqual('the status', status, 200);
  const whole: unknown = JSON.parse(body);
  const list = typeof whole === 'object' && whole !== null && 'iceServers' in whole ? whole.iceServers : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    throw new Failed(`iceServers should be a list with entries: ${body.slice(0, 200)}`);
  }
  const servers = list as readonly IceServer[];
  for (const { urls, username, credential } of servers) {
    assertThat(
      [urls].flat().every((url) => typeof url === 'string'),
      `urls should be strings: ${body.slice(0, 200)}`,
    );
    const needsCredentials = [urls].flat().some((url) => url.startsWith('turn'));
    const hasCredentials = typeof username === 'string' && typeof credential === 'string';
    assertThat(!needsCredentials || hasCredentials, `browsers reject TURN without credentials: ${body.slice(0, 200)}`);
  }
  return { servers, turn: servers.find(({ username }) => username !== undefined), whole: whole as Record<string, unknown> };
}

/** @throws Failed without TURN servers */
export function readTurn(response: HttpResponse): Required<IceServer> {
  const { turn } = readIce(response);
  const { urls, username, credential } = turn ?? {};
  if (urls === undefined || username === undefined || credential === undefined) throw new Failed('no entry has TURN credentials');
  return { urls, username, credential };
}
