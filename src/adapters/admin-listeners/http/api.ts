import type { IncomingMessage } from 'node:http';
import type { AdminServices } from '../../../application/ports/admin-listener.ts';
import type { Act, ClusterOverview, Operations } from '../../../application/ports/operations.ts';
import { banRequest, checkParameters, nodeIn, peerQuery, peerTarget, reasonIn } from './parameters.ts';
import { json, notFound, Problem, type AdminResponse } from './problems.ts';
import { readJson, refuseBody } from './request-body.ts';
import { Views } from './views.ts';

/** One authenticated request. */
export interface ApiRequest {
  readonly raw: IncomingMessage;
  readonly query: URLSearchParams;
  /** The variable segments of the path, decoded. */
  readonly segments: readonly string[];
  /** The address of the operator. */
  readonly from: string;
}

type Handler = (request: ApiRequest) => AdminResponse | Promise<AdminResponse>;

/** A path with its methods. A segment `*` is variable. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Handler>>>;
}

/** ADM2 to ADM7: the routes of the API, beside its event streams. */
export function apiRoutes(services: AdminServices): readonly Route[] {
  const views = new Views(services.now);
  return [
    ...nodeRoutes(services, views),
    ...peerRoutes(services.operations, views),
    ...journalRoutes(services.operations, views),
    ...banRoutes(services, views),
  ];
}

function nodeRoutes({ operations, metrics, configuration }: AdminServices, views: Views): Route[] {
  const overview = (): Promise<ClusterOverview> => new Promise((resolve) => operations.overview(resolve));
  const get = (path: string, handler: Handler): Route => ({ path, methods: { GET: handler } });
  return [
    get('/metrics', ({ raw }) => metricsResponse(metrics(raw.headers.accept))),
    get('/api/overview', async () => {
      const { nodes, missing } = await overview();
      return json({ nodes: nodes.map((node) => views.node(node)), missing });
    }),
    get('/api/nodes', async () => {
      const { nodes, missing } = await overview();
      return json({ nodes: nodes.map((node) => views.nodeState(node)), missing });
    }),
    get('/api/config', () => json(configuration())),
    { path: '/api/drain', methods: { POST: (request) => startDrain(request, operations) } },
  ];
}

function startDrain(request: ApiRequest, operations: Operations): Promise<AdminResponse> {
  checkAct(request, ['node', 'reason']);
  const node = nodeIn(request.query);
  return new Promise((resolve, reject) => {
    operations.drain(node, actOf(request), (isDraining) => {
      if (isDraining) resolve(json({ draining: true, node }, 202));
      else reject(notFound(`No node ${String(node)} answered`));
    });
  });
}

function peerRoutes(operations: Operations, views: Views): Route[] {
  const list: Handler = ({ query }) =>
    new Promise((resolve) => operations.peers(peerQuery(query), (page) => resolve(json(views.page(page)))));
  const inspect: Handler = (request) =>
    new Promise((resolve, reject) => {
      operations.peer(peerTarget(request), (details, missing) => {
        if (details === undefined) reject(notFound(`There is no such peer${onNodes(missing)}`));
        else resolve(json(views.details(details)));
      });
    });
  const expel: Handler = (request) => {
    checkAct(request, ['realm', 'id', 'reason']);
    return new Promise((resolve, reject) => {
      operations.expel(peerTarget(request), actOf(request), ({ closed, missing }) => {
        if (closed === 0) reject(notFound(`There is no such peer${onNodes(missing)}`));
        else resolve(json({ closed, missing }));
      });
    });
  };
  return [
    { path: '/api/peers', methods: { GET: list } },
    { path: '/api/peers/*/*', methods: { GET: inspect, DELETE: expel } },
  ];
}

function journalRoutes(operations: Operations, views: Views): Route[] {
  const refusals: Handler = ({ query }) =>
    new Promise((resolve) => {
      operations.refusals(nodeIn(query), ({ entries, missing }) => {
        const list = entries.map((entry) => views.refusal(entry));
        resolve(withMissing(json(list), missing));
      });
    });
  const closes: Handler = ({ query }) =>
    new Promise((resolve) => {
      operations.closes(nodeIn(query), ({ entries, missing }) => {
        const list = entries.map((entry) => views.close(entry));
        resolve(withMissing(json(list), missing));
      });
    });
  return [
    { path: '/api/refusals', methods: { GET: refusals } },
    { path: '/api/closed', methods: { GET: closes } },
  ];
}

function banRoutes({ operations, now }: AdminServices, views: Views): Route[] {
  const add: Handler = async ({ raw, from }) => {
    const request = banRequest(await readJson(raw), Date.now(), now());
    return new Promise((resolve, reject) => {
      operations.ban(request, { reason: request.reason, from }, (outcome) => {
        if (!outcome.ok) return reject(refusedBan(outcome.refusal.reason));
        const { ban, closed, missing } = outcome.value;
        resolve(json({ ban: views.ban(ban), closed, missing }, 201));
      });
    });
  };
  const lift: Handler = (request) => {
    checkAct(request, ['reason']);
    return new Promise((resolve, reject) => {
      operations.unban(request.segments[0] ?? '', actOf(request), (outcome) => {
        if (outcome.ok) resolve(withMissing(json(views.ban(outcome.value.ban)), outcome.value.missing));
        else reject(outcome.refusal.reason === 'no-such-ban' ? notFound('There is no such ban') : engineUnreachable());
      });
    });
  };
  return [
    { path: '/api/bans', methods: { GET: () => json(operations.bans().map((ban) => views.ban(ban))), POST: add } },
    { path: '/api/bans/*', methods: { DELETE: lift } },
  ];
}

/** ADM13. */
function checkAct({ raw, query }: ApiRequest, known: readonly string[]): void {
  checkParameters(query, known);
  refuseBody(raw);
}

function actOf({ query, from }: ApiRequest): Act {
  return { reason: reasonIn(query), from };
}

function onNodes(missing: readonly string[]): string {
  return missing.length === 0 ? '' : ` on the nodes that answered; without an answer: ${missing.join(', ')}`;
}

async function metricsResponse(rendered: ReturnType<AdminServices['metrics']>): Promise<AdminResponse> {
  const { contentType, text } = await rendered;
  return { status: 200, headers: { 'content-type': contentType }, body: text };
}

/** ADM15: names the nodes that did not answer, beside a body that has no member for them. */
function withMissing(response: AdminResponse, missing: readonly string[]): AdminResponse {
  return { ...response, headers: { ...response.headers, ...(missing.length > 0 ? { [MISSING]: missing.join(', ') } : {}) } };
}

const MISSING = 'x-signalbox-missing';

function engineUnreachable(): Problem {
  const detail = 'The engine of the cluster, which keeps the bans, is unreachable: nothing was changed. Try again later';
  return new Problem({ status: 503, code: 'engine-unreachable', detail });
}

function refusedBan(reason: 'too-many-bans' | 'ban-value-unusable' | 'engine-unreachable'): Problem {
  if (reason === 'engine-unreachable') return engineUnreachable();
  if (reason === 'too-many-bans') {
    return new Problem({ status: 409, code: reason, detail: 'The table of bans is full: lift some' });
  }
  return new Problem({
    status: 400,
    code: reason,
    detail: 'The value is not usable: an address is like 192.0.2.1 or 2001:db8::/32, and an id has no control characters',
  });
}
