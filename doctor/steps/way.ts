import { below, socketUrl, type Context, type Step } from '../context.ts';
import { skipped } from '../findings.ts';
import { judgeCors } from '../judge/cors.ts';
import { describedName, isSignalboxDoctor, judgeHello, nearbyPaths } from '../judge/hello.ts';
import { NO_BROKER, NO_DOCTOR } from '../judge/messages.ts';
import { judgeReach } from '../judge/reach.ts';
import { judgeView, MADE_UP_ADDRESS, readHello } from '../judge/view.ts';
import { get } from '../probes/http.ts';
import { observeReach } from '../probes/reach.ts';
import { ProbeSocket } from '../probes/socket.ts';
import { headerOf } from '../target.ts';

/** D1. */
export const reach: Step = async ({ target }) => [judgeReach(await observeReach(target.url, target.timeout))];

/** D2. */
export const hello: Step = async (context) => {
  const { target } = context;
  const { timeout } = target;
  const [answer, root] = await Promise.all([get(below(context, 'doctor/hello'), timeout), get(target.url, timeout)]);
  const server = headerOf(answer, 'server');
  if (server !== undefined) context.server = server;
  const isDoctor = isSignalboxDoctor(answer);
  const read = isDoctor ? readHello(answer.body) : undefined;
  if (read !== undefined) context.hello = read;
  const time = read?.time ?? dateOf(headerOf(root, 'date'));
  if (time !== undefined) context.clockDifference = time - (Date.now() - answer.took / 2);
  context.hasBroker = isDoctor || describedName(root) !== undefined;
  const found = context.hasBroker || answer.status !== 404 ? undefined : await findBroker(context);
  return [judgeHello({ path: target.url.pathname, timeout, hello: answer, root, found })];
};

function dateOf(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : time;
}

async function findBroker({ target: { url, timeout } }: Context): Promise<string | undefined> {
  for (const path of nearbyPaths(url.pathname)) {
    if (isSignalboxDoctor(await get(new URL(`${path}doctor/hello`, url), timeout))) return path;
    if (describedName(await get(new URL(path, url), timeout)) !== undefined) return path;
  }
  return undefined;
}

/** D3. */
export const view: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D3', NO_BROKER)];
  if (context.hello === undefined) return [skipped('D3', NO_DOCTOR)];
  const forged = await get(below(context, 'doctor/hello'), context.target.timeout, { 'x-forwarded-for': MADE_UP_ADDRESS });
  const isHttps = context.target.url.protocol === 'https:';
  return judgeView({ isHttps, hello: context.hello, forged: readHello(forged.body), server: context.server });
};

/** D4. */
export const cors: Step = async (context) => {
  const { origin, timeout, key } = context.target;
  if (!context.hasBroker) return [skipped('D4', NO_BROKER)];
  if (origin === undefined) return [skipped('D4', 'Add --origin https://your.page to test it.')];
  const answer = await get(below(context, `${encodeURIComponent(key)}/id`), timeout, { origin });
  const socket = new ProbeSocket(socketUrl(context, 'peerjs'), timeout, { origin });
  await socket.opened(timeout);
  const { status = 0, body = '' } = socket.refusal ?? {};
  socket.close();
  return [judgeCors({ origin, answer, isSocketRefused: status === 403 && /origin/i.test(body) })];
};
