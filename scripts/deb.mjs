/* Writes build/signalbox_‹version›_all.deb: the bundle, its unit, its user and /etc/signalbox. Needs dpkg-deb. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BUNDLE, bundle } from './bundle.mjs';

const ROOT = 'build/deb';
const MAINTAINER = 'Signalbox contributors <signalbox@users.noreply.github.com>';
const { version, homepage } = JSON.parse(readFileSync('package.json', 'utf8'));
const PACKAGE = `build/signalbox_${version}_all.deb`;

/** @param {string} path in the package @param {string | Buffer} content */
function put(path, content, mode = 0o644) {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, content, { mode });
}

const read = (path) => readFileSync(path, 'utf8');
const zipped = (text) => gzipSync(text, { level: 9 });

function unit() {
  return read('deploy/systemd/signalbox.service')
    .replace(/^ExecStart=.*$/m, 'ExecStart=/usr/bin/signalbox')
    .replace(/^DynamicUser=yes$/m, 'User=signalbox\nGroup=signalbox')
    .replace(/^(Description=.*)$/m, '$1\nDocumentation=man:signalbox(1)');
}

function changelog() {
  const date = new Date().toUTCString().replace('GMT', '+0000');
  return `signalbox (${version}) unstable; urgency=medium\n\n  * See /usr/share/doc/signalbox/NEWS.gz.\n\n -- ${MAINTAINER}  ${date}\n`;
}

function control() {
  return `Package: signalbox
Version: ${version}
Section: net
Priority: optional
Architecture: all
Depends: nodejs (>= 20.19), adduser
Pre-Depends: init-system-helpers (>= 1.54~)
Maintainer: ${MAINTAINER}
Homepage: ${homepage}
Description: signalling broker for WebRTC
 Browsers connect to it by WebSocket, find each other by id or by topic, and
 exchange the messages that a direct connection needs. It is wire-compatible
 with PeerJS.
`;
}

await bundle();
rmSync(ROOT, { recursive: true, force: true });
put('usr/bin/signalbox', read(BUNDLE).replace(/^#!.*/, '#!/usr/bin/node'), 0o755);
put('usr/lib/systemd/system/signalbox.service', unit());
put('etc/signalbox/signalbox.env', read('deploy/systemd/signalbox.env'));
put('usr/share/doc/signalbox/copyright', read('deploy/debian/copyright'));
put('usr/share/doc/signalbox/changelog.gz', zipped(changelog()));
put('usr/share/doc/signalbox/NEWS.gz', zipped(read('CHANGELOG.md')));
put('usr/share/man/man1/signalbox.1.gz', zipped(read('deploy/debian/signalbox.1')));
put('DEBIAN/control', control());
put('DEBIAN/conffiles', '/etc/signalbox/signalbox.env\n');
for (const script of ['postinst', 'prerm', 'postrm']) put(`DEBIAN/${script}`, read(`deploy/debian/${script}`), 0o755);
execFileSync('chmod', ['-R', 'go-w', ROOT]);
execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', ROOT, PACKAGE], { stdio: 'ignore' });
console.log(PACKAGE);
