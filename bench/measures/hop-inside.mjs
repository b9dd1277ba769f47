/* Two workers of one process. The arguments are the form and the number of messages. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { isMainThread, MessageChannel, Worker, workerData } from 'node:worker_threads';

const TEXT = 'x'.repeat(677);
// The posted value, and the number of messages in it.
const FORMS = {
  string: [TEXT, 1],
  bytes: [new Uint8Array(Buffer.from(TEXT)), 1],
  '16 strings': [Array.from({ length: 16 }, () => TEXT), 16],
};

if (isMainThread) await measure(process.argv[2], Number(process.argv[3]));
else if (workerData.form === undefined) answer(workerData.port);
else await send(workerData);

async function measure(form, count) {
  const alone = await costOf({ form, count: Math.ceil(count / 10), inFlight: FORMS[form][1] });
  const busy = await costOf({ form, count, inFlight: 64 });
  process.send({ alone, busy });
}

/** @returns µs of all threads for each message, including the reply, which is one number for each post. */
async function costOf({ form, count, inFlight }) {
  const { port1, port2 } = new MessageChannel();
  const receiver = new Worker(new URL(import.meta.url), { workerData: { port: port2 }, transferList: [port2] });
  const sender = new Worker(new URL(import.meta.url), {
    workerData: { port: port1, form, count, inFlight },
    transferList: [port1],
  });
  await once(sender, 'message');
  const before = process.cpuUsage();
  sender.postMessage('go');
  await once(sender, 'message');
  const { user, system } = process.cpuUsage(before);
  await Promise.all([sender.terminate(), receiver.terminate()]);
  return (user + system) / count;
}

function answer(port) {
  let received = 0;
  port.on('message', () => port.postMessage(++received));
}

async function send({ port, form, count, inFlight }) {
  const { parentPort } = await import('node:worker_threads');
  const [what, size] = FORMS[form];
  const posts = Math.ceil(count / size);
  const warmUp = Math.ceil(posts / 5);
  const play = (most) => {
    let posted = 0;
    let answered = 0;
    return new Promise((resolve) => {
      const post = () => {
        posted += 1;
        port.postMessage(what);
      };
      port.removeAllListeners('message').on('message', () => {
        answered += 1;
        if (answered === most) return resolve();
        if (posted < most) post();
      });
      for (let i = 0; i < Math.max(1, Math.floor(inFlight / size)) && posted < most; i++) post();
    });
  };
  await play(warmUp);
  parentPort.postMessage('warm');
  await once(parentPort, 'message');
  await play(posts);
  parentPort.postMessage('done');
}
