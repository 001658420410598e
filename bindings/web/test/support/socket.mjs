// A server of WebSockets on this machine: what a browser needs of one, and no more.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/** What every server adds to the key of the browser before it hashes it: from the standard. */
const STANDARD = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10];

/** Starts it. `connected` gets each connection, and gives who takes its messages, as text. */
export async function sockets(connected) {
  const server = createServer((_, response) => response.writeHead(426).end());
  const open = new Set();
  server.on('upgrade', ({ headers }, socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // A browser that is gone resets its connections.
    socket.on('error', () => socket.destroy());
    const accept = createHash('sha1').update(headers['sec-websocket-key'] + STANDARD).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const taken = connected({
      send: (bytes) => socket.write(frame(BINARY, bytes)),
      close: () => socket.end(frame(CLOSE, Buffer.alloc(0))),
    });
    let kept = Buffer.alloc(0);
    socket.on('data', (part) => {
      kept = Buffer.concat([kept, part]);
      for (let found; (found = parsed(kept)); kept = kept.subarray(found.length)) {
        if (found.kind === TEXT || found.kind === BINARY) taken(found.payload.toString('utf8'));
        else if (found.kind === PING) socket.write(frame(PONG, found.payload));
        else if (found.kind === CLOSE) socket.end(frame(CLOSE, found.payload));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://localhost:${server.address().port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One message as a whole frame. */
function frame(kind, payload) {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | kind;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The first frame of a browser, which is masked; none where it is not all there. */
function parsed(bytes) {
  if (bytes.length < 2) return undefined;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) [length, at] = [bytes.length < 4 ? Infinity : bytes.readUInt16BE(2), 4];
  else if (length === 127) [length, at] = [bytes.length < 10 ? Infinity : Number(bytes.readBigUInt64BE(2)), 10];
  const end = at + 4 + length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const payload = Buffer.from(bytes.subarray(at + 4, end)).map((byte, number) => byte ^ mask[number % 4]);
  return { kind: bytes[0] & 0x0f, payload, length: end };
}
