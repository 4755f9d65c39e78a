// Preloaded into test servers that would listen on all interfaces: they listen on loopback instead.
import net from 'node:net';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnLoopback(...args) {
  const callback = args.find((arg) => typeof arg === 'function');
  const [first] = args;
  const options =
    typeof first === 'object' && first !== null ? first : { port: Number(first ?? 0) };
  if (options.path !== undefined || options.fd !== undefined) return listen.apply(this, args);
  return listen.call(this, { ...options, host: '127.0.0.1' }, ...(callback ? [callback] : []));
};
