import { createHash } from 'node:crypto';
import type { HttpResponse } from '../../../application/ports/http.ts';

/** The parts of the page that depend on the configuration. */
export interface WelcomeSettings {
  /** The key in the example. */
  readonly key: string;
  /** Whether clients need a token. */
  readonly needsToken: boolean;
  /** Whether the routes of the doctor are served. */
  readonly hasDoctor: boolean;
  /** H20. */
  readonly hasPlayground: boolean;
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid; border-radius: 0.4rem; }
`;

/** The address is that of the browser, so that it is right behind proxies, too. */
const SCRIPT = `
const { hostname, port, protocol, pathname, origin } = location;
const secure = protocol === 'https:';
const [options, command] = document.querySelectorAll('pre');
const { key, token } = options.dataset;
const lines = [
  ['host', hostname],
  ['port', Number(port) || (secure ? 443 : 80)],
  ['path', pathname],
  ...(key === 'peerjs' ? [] : [['key', key]]),
  ['secure', secure],
  ...(token === undefined ? [] : [['token', token]]),
];
const members = lines.map(([name, value]) => '  ' + name + ': ' + JSON.stringify(value) + ',').join('\\n');
options.textContent = 'const peer = new Peer({\\n' + members + '\\n});\\npeer.on("open", (id) => console.log(id));';
for (const link of document.querySelectorAll('a')) link.href = pathname.replace(/\\/?$/, '/') + link.dataset.page;
if (command !== undefined) command.textContent = 'signalbox doctor ' + origin + pathname;
`;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${digest(STYLE)}'`,
  `script-src '${digest(SCRIPT)}'`,
  // For the console of the browser, and for tests that run in this page: they may connect to this broker only.
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** H1: the page for browsers, with the options of a client for exactly this address. */
export function welcomePage({ key, needsToken, hasDoctor, hasPlayground }: WelcomeSettings): HttpResponse {
  const token = needsToken ? ' data-token="a JSON Web Token of your application"' : '';
  const doctor = hasDoctor
    ? '<h2>A client cannot connect?</h2><p>The <a data-page="doctor">doctor</a> tests the way from this browser, and this command that from your machine:</p><pre></pre>'
    : '';
  const playground = hasPlayground ? '<p>The <a data-page="playground">playground</a> connects two peers, step by step.</p>' : '';
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Signalbox</title>
<style>${STYLE}</style>
</head>
<body>
<h1>This signalling broker works</h1>
<p>It connects WebRTC peers with each other. A client of PeerJS uses these options:</p>
<pre data-key="${escaped(key)}"${token}>new Peer({ host, port, path, key, secure }), with the address of this page</pre>
${playground}
${doctor}
<script>${SCRIPT}</script>
</body>
</html>
`;
  return { status: 200, headers: HEADERS, body };
}

const HEADERS: HttpResponse['headers'] = [
  ['content-type', 'text/html; charset=utf-8'],
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['vary', 'accept'],
];

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
