// What the operator sees while Strongroom starts and runs: short lines of text, or one JSON event per line when another
// program watches. Customer values and secrets never come here; the enrolment code does, on purpose.
export interface Announcer {
  /** A step that has begun. */
  step(text: string): void;
  /** Something the operator should know or do. */
  warn(text: string): void;
  /** A line that a child process printed. */
  line(from: string, text: string): void;
  event(event: string, details?: Readonly<Record<string, unknown>>): void;
}

export function announcer(
  json: boolean,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Announcer {
  const started = Date.now();
  const say = (event: string, details: Readonly<Record<string, unknown>>): void => {
    write(`${JSON.stringify({ event, ms: Date.now() - started, ...details })}\n`);
  };
  if (json) {
    return {
      step: (text) => say("step", { text }),
      warn: (text) => say("warning", { text }),
      line: (from, text) => say("line", { from, text }),
      event: (event, details = {}) => say(event, details),
    };
  }
  return {
    step: (text) => write(`  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}\n`),
    warn: (text) => write(`  warning  ${text}\n`),
    line: (from, text) => write(`  ${from}: ${text}\n`),
    event: (event, details = {}) => {
      const text = readable(event, details);
      if (text !== undefined) write(text);
    },
  };
}

function readable(event: string, details: Readonly<Record<string, unknown>>): string | undefined {
  if (event === "ready") return `\nStrongroom is ready:  ${details["origin"]}\nStop it with Ctrl-C.\n`;
  if (event === "authority") {
    return (
      `\nColleagues install the root of your local authority once:  ${details["page"]}\n` +
      `Its SHA-256 fingerprint, for them to compare:\n\n    ${details["fingerprint"]}\n`
    );
  }
  if (event === "enrolment-code") {
    return `\nNobody is enrolled yet. Open the address below and type this one-time code to become the owner:\n\n    ${details["code"]}\n`;
  }
  if (event === "stopped") return "Stopped.\n";
  return undefined;
}
