/*
 * Preloaded into a server whose memory is measured. On a message it runs the garbage collector and reports the size of the
 * young generation in resident memory, which is empty then but keeps its size.
 */
import { getHeapSpaceStatistics } from 'node:v8';

process.on('message', () => {
  // The first run finds objects with finalizers, the second frees the objects that these released.
  globalThis.gc();
  globalThis.gc();
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  process.send({ youngKb: young.physical_space_size / 1024 });
});
process.channel.unref();
