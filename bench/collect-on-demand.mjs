/* Loaded into a server whose memory is measured: frees what nobody needs any more when it is asked to. */
process.on('message', () => {
  // The first run finds what has to be finalized, the second frees what that let go.
  globalThis.gc();
  globalThis.gc();
  process.send('collected');
});
process.channel.unref();
