import { exchangesData, loadWebRtc } from './media.ts';
import type { MediaTask, MediaOutcome } from './media-client.ts';

/* The process of one exchange, started by `media-client.ts`. A crash of the library ends only this process. */

process.once('message', (task: MediaTask) => void answer(task));
process.once('disconnect', () => process.exit());

async function answer({ servers, policy, timeout }: MediaTask): Promise<void> {
  const webRtc = await loadWebRtc();
  const outcome: MediaOutcome =
    webRtc === undefined ? 'missing' : await outcomeOf(exchangesData(webRtc, servers, policy, timeout));
  process.send?.(outcome);
}

async function outcomeOf(received: Promise<boolean>): Promise<MediaOutcome> {
  return (await received) ? 'received' : 'lost';
}
