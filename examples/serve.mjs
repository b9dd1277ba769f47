// Serves two-tabs.html and the PeerJS client on http://localhost:8080/ (or the port given as the first argument).
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const FILES = {
  '/': ['two-tabs.html', 'text/html; charset=utf-8'],
  '/peerjs.min.js': ['../node_modules/peerjs/dist/peerjs.min.js', 'text/javascript; charset=utf-8'],
};

const server = createServer(async (request, response) => {
  const [path] = request.url.split('?');
  if (!Object.hasOwn(FILES, path)) return response.writeHead(404).end('Not Found');
  const [file, type] = FILES[path];
  response.writeHead(200, { 'content-type': type }).end(await readFile(new URL(file, import.meta.url)));
});

server.listen(Number(process.argv[2] ?? 8080), 'localhost', () => {
  console.log(`Open http://localhost:${server.address().port}/ in two tabs`);
});
