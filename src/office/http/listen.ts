// One port. With TLS it also takes what begins without: a browser that was given the address without https:// is
// answered in plain HTTP by the door meant for that, instead of by a broken connection.
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { createServer as createTcp, type Socket } from "node:net";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Listening {
  /** Serves another certificate from the next connection on. */
  renew(tls: Certificate): void;
  close(done: () => void): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: Certificate | undefined;
  readonly product: RequestListener;
  /** What came without TLS where there is TLS. */
  readonly plain: RequestListener;
}

const limits = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 30_000 };
/** A slash orders, a colon does not: the hybrid with ML-KEM is taken by every client that knows it. */
const groups = "X25519MLKEM768/X25519:P-256:P-384";
const protocol = { minVersion: "TLSv1.3", ecdhCurve: groups, handshakeTimeout: 10_000 } as const;
const firstByteMs = 10_000;
/** RFC 8446 §5.1: the first byte of a TLS connection, a handshake record. No HTTP method begins with it. */
const handshake = 0x16;

export function listen({ host, port, tls, product, plain }: ListenOptions, ready: () => void): Listening {
  if (tls === undefined) {
    const server = createHttp(limits, product).listen(port, host, ready);
    return {
      renew: () => {},
      close: (done) => {
        server.close(done);
        server.closeAllConnections();
      },
    };
  }
  const secure = createHttps({ ...limits, ...protocol, ...tls }, product);
  const open = createHttp(limits, plain);
  const waiting = new Set<Socket>();
  const front = createTcp((socket) => {
    waiting.add(socket);
    const drop = (): void => void socket.destroy();
    socket.setTimeout(firstByteMs, drop);
    socket.once("error", drop);
    socket.once("close", () => waiting.delete(socket));
    socket.once("readable", () => {
      const start: Buffer | null = socket.read() as Buffer | null; // a socket without an encoding reads buffers
      if (start === null) return drop();
      waiting.delete(socket);
      socket.setTimeout(0, drop);
      socket.off("error", drop);
      socket.unshift(start);
      (start[0] === handshake ? secure : open).emit("connection", socket);
    });
  }).listen(port, host, ready);
  return {
    renew: (fresh) => secure.setSecureContext({ ...protocol, ...fresh }),
    close: (done) => {
      for (const socket of waiting) socket.destroy();
      secure.closeAllConnections();
      open.closeAllConnections();
      front.close(done);
    },
  };
}
