/* Preloaded into servers without an option for their host: they listen on the loopback interface only. */
import { Server } from 'node:net';

const HOST = '127.0.0.1';
const listen = Server.prototype.listen;

Server.prototype.listen = function (port, ...rest) {
  if (typeof port === 'object' && port !== null) return listen.call(this, { ...port, host: HOST }, ...rest);
  return listen.call(this, Number(port), HOST, ...rest.filter((one) => typeof one === 'function'));
};
