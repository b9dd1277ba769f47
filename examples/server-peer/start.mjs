// A peer on the server: run it with --help for its options.
import { cleanup } from 'node-datachannel';
import { help, readOptions } from './options.mjs';
import { ServerPeer } from './server-peer.mjs';

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.help) {
  console.log(help());
  process.exit();
}

// As in a browser: an exception while PeerJS handles malformed data of a peer is reported, and has no other effect.
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => console.error(`data ignored: ${error.message}`));
}

const peer = new ServerPeer(options, (line) => console.log(line));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    peer.stop();
    cleanup();
  });
}
await peer.start();
