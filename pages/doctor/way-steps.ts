import { finding, skipped, type Finding } from '../../doctor/findings.ts';
import { judgeCors } from '../../doctor/judge/cors.ts';
import { isSignalboxDoctor, judgeHello } from '../../doctor/judge/hello.ts';
import { judgeIdentity } from '../../doctor/judge/identity.ts';
import {
  judgeIdle,
  judgeSizes,
  judgeStreams,
  NO_DOCTOR,
  type EchoObservation,
  type StreamObservation,
} from '../../doctor/judge/messages.ts';
import { judgeOpen } from '../../doctor/judge/socket.ts';
import { judgeView, MADE_UP_ADDRESS, readHello } from '../../doctor/judge/view.ts';
import { headerOf, type HttpObservation } from '../../doctor/target.ts';
import { webSocketUrl } from '../shared/broker.ts';
import { SignalSocket } from '../shared/signal-socket.ts';
import { TIMEOUT_MS, type PageContext, type PageStep } from './context.ts';

const SIZES = [1_000, 10_000, 65_000, 100_000];
const EVENTS = 5;
const ALLOW_ORIGIN = 'access-control-allow-origin';

/** D1 and D2. */
async function hello(context: PageContext): Promise<Finding[]> {
  const { broker } = context;
  const [answer, root] = await Promise.all([request(new URL('doctor/hello', broker)), request(broker)]);
  const server = headerOf(answer, 'server');
  const read = isSignalboxDoctor(answer) ? readHello(answer.body) : undefined;
  if (server !== undefined) context.server = server;
  if (read !== undefined) context.hello = read;
  if (read?.time !== undefined) context.clockDifference = read.time - (Date.now() - answer.took / 2);
  return [judgeHello({ path: broker.pathname, timeout: TIMEOUT_MS, hello: answer, root, found: undefined })];
}

/** D3. */
async function view({ broker, hello: seen, server }: PageContext): Promise<Finding[]> {
  if (seen === undefined) return [skipped('D3', NO_DOCTOR)];
  const forged = await request(new URL('doctor/hello', broker), { 'x-forwarded-for': MADE_UP_ADDRESS });
  return judgeView({ isHttps: broker.protocol === 'https:', hello: seen, forged: readHello(forged.body), server });
}

/**
 * D4: the page has the origin of the broker, so it can read the headers that pages of other origins need. The origin of the page
 * must be listed like any other.
 */
async function cors({ broker, hello: seen }: PageContext): Promise<Finding[]> {
  if (seen === undefined) return [skipped('D4', NO_DOCTOR)];
  const answer = await originAnswer(broker);
  if (answer.error !== undefined) return [skipped('D4', 'See D2.')];
  const isAllowed = headerOf(answer, ALLOW_ORIGIN) !== undefined;
  return [judgeCors({ origin: location.origin, answer, isSocketRefused: !isAllowed && !(await opensSocket(broker)) })];
}

async function opensSocket(broker: URL): Promise<boolean> {
  const socket = new WebSocket(webSocketUrl(broker, 'doctor/socket'));
  const opened = new Promise<boolean>((resolve) => socket.addEventListener('open', () => resolve(true)));
  const ended = new Promise<boolean>((resolve) => socket.addEventListener('close', () => resolve(false)));
  const isOpened = await Promise.race([opened, ended, elapsed(TIMEOUT_MS).then(() => false)]);
  socket.close();
  return isOpened;
}

/** D5. */
async function open(context: PageContext): Promise<Finding[]> {
  const { key } = context.identity;
  const signal = new SignalSocket(context.broker, context.identity, TIMEOUT_MS);
  const { type, text, closeCode, took } = await signal.first;
  const isOpened = signal.hasOpened;
  const isMessage = type !== 'closed' && type !== 'silent';
  const error = isOpened ? undefined : type === 'silent' ? 'no response' : `close code ${closeCode ?? 1006}`;
  if (type === 'OPEN') context.signal = signal;
  else signal.close();
  const first = isMessage ? { type, text } : {};
  const refusal = isOpened ? undefined : await originRefusal(context);
  return [judgeOpen({ key, origin: location.origin, timeout: TIMEOUT_MS, took, isOpened, closeCode, error, refusal, ...first })];
}

/**
 * O10: a browser does not show the status of a refused handshake. It sends the origin with a POST, and the response allows a
 * listed origin with any status (H6).
 */
async function originRefusal({ broker }: PageContext): Promise<{ status: number; body: string } | undefined> {
  const answer = await originAnswer(broker);
  const isListed = answer.error !== undefined || headerOf(answer, ALLOW_ORIGIN) !== undefined;
  return isListed ? undefined : { status: 403, body: 'Origin not allowed' };
}

function originAnswer(broker: URL): Promise<HttpObservation> {
  return request(new URL('doctor/hello', broker), {}, 'POST');
}

/** D6. */
async function identity({ broker, identity: { key }, token, clockDifference }: PageContext): Promise<Finding[]> {
  const url = new URL(`${encodeURIComponent(key)}/id`, broker);
  const { status } = await request(url);
  const localTime = Date.now();
  const brokerTime = clockDifference === undefined ? undefined : localTime + clockDifference;
  return judgeIdentity({ path: url.pathname, idStatus: status, token, localTime, brokerTime });
}

/** D7. */
async function sizes({ signal, identity: { id } }: PageContext): Promise<Finding[]> {
  if (signal === undefined) return [skipped('D7', 'No socket is open.')];
  const echoes: EchoObservation[] = [];
  for (const bytes of SIZES) {
    const start = performance.now();
    const isBack = await echoOf(signal, id, bytes);
    const took = isBack ? Math.round(performance.now() - start) : undefined;
    echoes.push({ bytes, took, closeCode: signal.closeCode });
    if (took === undefined) break;
  }
  return [judgeSizes(echoes)];
}

function echoOf(signal: SignalSocket, dst: string, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = signal.listen(({ payload }) => {
      if (payload?.['size'] === bytes) end(true);
    });
    const end = (isBack: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(isBack);
    };
    const timer = setTimeout(() => end(false), TIMEOUT_MS);
    signal.send({ type: 'OFFER', dst, payload: { size: bytes, fill: 'x'.repeat(bytes) } });
  });
}

/** D8: takes as long as the idle time. */
async function idleSocket({ broker, hello: seen, idle, server }: PageContext): Promise<Finding[]> {
  if (seen === undefined) return [skipped('D8', NO_DOCTOR)];
  if (idle === 0) return [skipped('D8', 'The idle time is 0.')];
  const socket = new WebSocket(webSocketUrl(broker, 'doctor/socket'));
  const ended = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
  await Promise.race([opened, ended, elapsed(TIMEOUT_MS)]);
  if (socket.readyState !== WebSocket.OPEN) return [skipped('D8', 'No socket opens.')];
  const start = performance.now();
  await Promise.race([ended, elapsed(idle * 1_000)]);
  const isCut = socket.readyState !== WebSocket.OPEN;
  const cutAfter = isCut ? Math.round((performance.now() - start) / 1_000) : undefined;
  const echo = new Promise<boolean>((resolve) => socket.addEventListener('message', () => resolve(true)));
  if (!isCut) socket.send('still there');
  const isEchoed = !isCut && (await Promise.race([echo, elapsed(TIMEOUT_MS).then(() => false)]));
  socket.close();
  return [judgeIdle({ seconds: idle, cutAfter, isEchoed, server })];
}

/** D9. */
async function stream({ broker, hello: seen }: PageContext): Promise<Finding[]> {
  if (seen === undefined) return [skipped('D9', NO_DOCTOR)];
  return [await judgeStreams(() => readStream(new URL('doctor/stream', broker)))];
}

async function readStream(url: URL): Promise<StreamObservation> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, spread: await spreadOf(response) };
  } catch {
    return { status: 0, spread: undefined };
  }
}

/** Milliseconds from the first event to the last. */
async function spreadOf({ body }: Response): Promise<number | undefined> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let [text, first]: [string, number | undefined] = ['', undefined];
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return undefined;
    text += value;
    first ??= performance.now();
    if (text.split('\n\n').length > EVENTS) return performance.now() - first;
  }
}

async function request(url: URL, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<HttpObservation> {
  const start = performance.now();
  try {
    const response = await fetch(url, { method, headers, redirect: 'follow', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.text();
    return { status: response.status, headers: [...response.headers], body, took: Math.round(performance.now() - start) };
  } catch (error) {
    const code = error instanceof DOMException && error.name === 'TimeoutError' ? 'ETIMEDOUT' : String(error);
    return { error: code, status: 0, headers: [], body: '', took: Math.round(performance.now() - start) };
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The page was loaded from the broker. */
async function reach({ broker }: PageContext): Promise<Finding[]> {
  const { took, error } = await request(new URL('doctor/hello', broker));
  return error === undefined ? [finding('reachable', { host: broker.host, ms: took })] : [skipped('D1', 'See D2.')];
}

/** The steps that need no ICE servers. D8 comes last, because it takes long. */
export const WAY_STEPS: readonly PageStep[] = [
  { id: 'D1', run: reach },
  { id: 'D2', run: hello },
  { id: 'D3', run: view },
  { id: 'D4', run: cors },
  { id: 'D5', run: open },
  { id: 'D6', run: identity },
  { id: 'D7', run: sizes },
  { id: 'D9', run: stream },
];

export const IDLE_STEP: PageStep = { id: 'D8', run: idleSocket };
