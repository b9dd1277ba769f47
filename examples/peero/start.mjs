// Serves a mesh: mesh.html on http://localhost:8081/, and the broker for it on port 8080 (or the two ports given).
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { PeeroServer } from '@signalbox/broker';

const [brokerPort = '8080', pagePort = '8081'] = process.argv.slice(2);
const broker = new PeeroServer({ port: brokerPort });

broker.on('announce', (socket) => console.log(`${socket.id} connected`));
broker.on('remove', (peerId) => console.log(`${peerId} disconnected`));
broker.on('error', (error) => console.error(error.message));

await broker.run((port) => {
  const pages = createServer(async (request, response) => {
    if (request.url !== '/' && !request.url.startsWith('/?')) return response.writeHead(404).end('Not Found');
    const page = await readFile(new URL('mesh.html', import.meta.url), 'utf8');
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page.replace('8080', String(port)));
  });
  pages.listen(Number(pagePort), 'localhost', () => {
    console.log(`Open http://localhost:${pages.address().port}/ in three tabs`);
  });
});
