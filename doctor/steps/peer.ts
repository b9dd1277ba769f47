import { below, brokerTime, socketUrl, type Context, type Step } from '../context.ts';
import { skipped } from '../findings.ts';
import { judgeIdentity } from '../judge/identity.ts';
import { parsed } from '../judge/hello.ts';
import { judgeIdle, judgeSizes, judgeStreams, NO_BROKER, NO_DOCTOR, type EchoObservation } from '../judge/messages.ts';
import { judgeOpen } from '../judge/socket.ts';
import { get, observeEvents } from '../probes/http.ts';
import { ProbeSocket } from '../probes/socket.ts';

/** The heartbeat of PeerJS. */
const HEARTBEAT = '{"type":"HEARTBEAT"}';
const HEARTBEAT_MS = 5_000;
const SIZES = [1_000, 10_000, 65_000, 100_000];
const EVENTS = 5;

/** D5. */
export const open: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D5', NO_BROKER)];
  const { key, origin, timeout } = context.target;
  const query = new URLSearchParams({ key, ...context.peer });
  const start = performance.now();
  const socket = new ProbeSocket(
    socketUrl(context, `peerjs?${query.toString()}`),
    timeout,
    origin === undefined ? {} : { origin },
  );
  const text = await socket.nextWhere(timeout, isFirstMessage);
  const took = Math.round(performance.now() - start);
  const message = (parsed(text ?? '') ?? {}) as { type?: string; payload?: { msg?: string } };
  const { refusal, error, isOpened, closeCode } = socket;
  const found = judgeOpen({
    ...{ key, origin, timeout, took, isOpened, closeCode },
    ...{ refusal, error: refusal === undefined && !isOpened ? error : undefined, type: message.type, text: message.payload?.msg },
  });
  if (message.type === 'OPEN') {
    socket.repeat(HEARTBEAT, HEARTBEAT_MS);
    context.socket = socket;
  } else socket.close();
  return [found];
};

/** I12: the ICE message precedes OPEN. */
function isFirstMessage(text: string): boolean {
  return /"type":\s*"(OPEN|ERROR|ID-TAKEN)"/.test(text);
}

/** D6. */
export const identity: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D6', NO_BROKER)];
  const { key, token, timeout } = context.target;
  const url = below(context, `${encodeURIComponent(key)}/id`);
  const { status } = await get(url, timeout);
  const time = context.clockDifference === undefined ? undefined : brokerTime(context);
  return judgeIdentity({ path: url.pathname, idStatus: status, token, localTime: Date.now(), brokerTime: time });
};

/** D7. */
export const sizes: Step = async ({ socket, target, peer }) => {
  if (socket === undefined) return [skipped('D7', 'No socket is open.')];
  const echoes: EchoObservation[] = [];
  for (const bytes of SIZES) {
    const start = performance.now();
    socket.send(JSON.stringify({ type: 'OFFER', dst: peer.id, payload: { size: bytes, fill: 'x'.repeat(bytes) } }));
    const text = await socket.nextWhere(target.timeout, (message) => message.includes(`"size":${bytes}`));
    const took = text === undefined ? undefined : Math.round(performance.now() - start);
    echoes.push({ bytes, took, closeCode: socket.closeCode });
    if (took === undefined) break;
  }
  return [judgeSizes(echoes)];
};

/** D8. It takes as long as the idle time, so other steps run meanwhile. */
export const idle: Step = async (context) => {
  const { idle: seconds, timeout } = context.target;
  if (!context.hasBroker) return [skipped('D8', NO_BROKER)];
  if (context.hello === undefined) return [skipped('D8', NO_DOCTOR)];
  if (seconds === 0) return [skipped('D8', 'The option --idle is 0.')];
  const socket = new ProbeSocket(socketUrl(context, 'doctor/socket'), timeout);
  if (!(await socket.opened(timeout))) return [skipped('D8', 'No socket opens.')];
  const start = performance.now();
  await socket.ended(seconds * 1_000);
  const cutAfter = socket.isEnded ? Math.round((performance.now() - start) / 1_000) : undefined;
  socket.send('still there');
  const isEchoed = (await socket.next(timeout)) !== undefined;
  socket.close();
  return [judgeIdle({ seconds, cutAfter, isEchoed, server: context.server })];
};

/** D9. */
export const stream: Step = async (context) => {
  if (!context.hasBroker) return [skipped('D9', NO_BROKER)];
  if (context.hello === undefined) return [skipped('D9', NO_DOCTOR)];
  return [await judgeStreams(() => observeEvents(below(context, 'doctor/stream'), EVENTS, context.target.timeout))];
};

/** Ends what the steps keep open. */
export function closeAll({ socket }: Context): void {
  socket?.close();
}
