/*
 * Loaded into a server whose memory is measured: frees what nobody needs any more when it is asked to, and tells how
 * much of its resident memory is the young generation. That is empty then, and keeps the size it has grown to.
 */
import { getHeapSpaceStatistics } from 'node:v8';

process.on('message', () => {
  // The first run finds what has to be finalized, the second frees what that let go.
  globalThis.gc();
  globalThis.gc();
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  process.send({ youngKb: young.physical_space_size / 1024 });
});
process.channel.unref();
