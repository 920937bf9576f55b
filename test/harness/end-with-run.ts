// Loaded into each test file of a run: the file ends when the run does, however that ends, and what it started ends
// with it. The run holds the other end of the file's standard input.
import { Socket } from "node:net";
import { isMainThread } from "node:worker_threads";

// A worker that the file starts loads this as well; its file ends for both. This tells of an end; it must not keep the
// file from its own.
if (isMainThread)
  new Socket({ fd: 0, readable: true })
    .once("close", () => process.exit(1))
    .resume()
    .unref();
