/*
 * The behaviour behind each failed or dangerous verdict of the measured servers. The first entry applies whose expressions match
 * the id of the case and the name of the server. foreign-servers.mjs fails and lists the verdicts without an entry.
 */
const OLD = /^peer 0\.2|^peerjs-server/;

export const BEHAVIOURS = [
  [/^H2\./, /^peerjs-server/, 'answers 404 to `GET {key}/id`'],
  [/^H[34]\./, /^peerjs-server/, 'answers 404 to `GET {key}/peers`'],
  [/^H4\.refused/, OLD, 'leaves refused sockets open, so their peers are listed'],
  [/^H5\.listed|^H6\.not-listed/, /^peer 0|^peerjs-server/, 'allows any origin, because its command line has no list of origins'],
  [/^H6\.listed/, /^peer 0/, 'answers `*` to pages of listed origins, because its command line has no list of origins'],
  [/^H6\.|^X8\./, /^peerjs-server/, 'sends no CORS headers for these paths'],
  [/^H8\.with-body/, /^peerjs-server/, 'sends no second response on a connection after a request with a body'],
  [/^O3\.slash-behind-path/, /^peerjs-server/, 'answers 404 if its path has a slash at the end'],
  [/^O2\./, OLD, 'sends the error, but leaves the socket open'],
  [/^O5\.open/, /./, 'sends no `OPEN` to a reconnect'],
  [/^O5\.old-says-leave/, /./, 'removes the peer if the old socket sends `LEAVE` after a reconnect'],
  [/^O5\.old-is-mute/, /./, 'still relays messages of the old socket after a reconnect'],
  [/^O6\.|^O11\.refused|^M21\./, OLD, 'leaves refused sockets open'],
  [/^O7\.name-/, OLD, 'keeps peers in an object with a prototype, so the names of its members are taken'],
  [/^O9\./, /^peerjs-server/, 'answers no handshake at other paths, and keeps the connection'],
  [/^O10\./, /./, 'accepts handshakes from every origin; its list of origins covers HTTP only'],
  [/^O12\.key/, OLD, 'accepts a handshake key of the wrong length'],
  [/^M6\.(never-expires|expire-relayed)|^M1[245]\.|^M11\.(?!number)/, /^peerjs-server/, 'sends no `EXPIRE`'],
  [/^M14\./, /^peer 0\.2/, 'expires all mailboxes every five seconds, regardless of `--expire_timeout`'],
  [/^M7\./, /./, 'relays messages of a socket that has left, with an id that belongs to another peer'],
  [/^M10\./, /./, 'ignores every later frame of a socket after one that is not JSON'],
  [/^M11\.number/, OLD, 'treats a number as an id'],
  [/^M11\./, /^peer /, 'holds the message under a value that is not a string'],
  [/^M15\.heir/, /^peer /, 'sends `EXPIRE` to any peer that holds the id by then'],
  [/^M16\./, /^peer /, 'loses messages to a closing socket without a notice'],
  [/^M18\./, OLD, 'has no limit for the size of a message'],
  [/^L1\.reconnected/, /^peer /, 'does not count a reconnect as a sign of life'],
  [/^L1\./, OLD, 'never closes silent peers'],
];

/** Undefined if nothing explains the verdict. */
export function behaviourOf(server, { id }) {
  return BEHAVIOURS.find(([cases, servers]) => cases.test(id) && servers.test(server))?.[2];
}
