// Figures of single requests against the whole product with its 100,000 contacts: lists, reads, writes and searches, all
// signed, all with their ledger entry durable before the answer.
import type { System } from "../harness/system.ts";
import type { Book } from "./book.ts";
import { type Figure, quantile } from "./figure.ts";
import { type Driven, type PlainRequest, drive } from "./load.ts";
import { allPids, cpuSeconds } from "./processes.ts";

interface Measured extends Driven {
  /** Of office and vault for one request. */
  readonly cpuMs: number;
  /** Of all processes for one request, PostgreSQL's included. */
  readonly allCpuMs: number;
}

type Wanted = (name: string) => boolean;

/** Requests spread over the managers, signed right before they are sent. */
async function measure(
  { system, book }: { system: System; book: Book },
  connections: number,
  requests: readonly PlainRequest[],
  options: { readonly answers?: boolean } = {},
): Promise<Measured> {
  const signed = requests.map((one, index) => {
    const signer = book.managers[index % book.managers.length];
    if (!signer) throw new Error("nobody to sign");
    return signer.sign(one);
  });
  const pids = [system.pids.office, system.pids.vault];
  const before = cpuSeconds(pids);
  const allBefore = cpuSeconds(allPids(system));
  const driven = await drive(signed, connections, options);
  const each = (seconds: number): number => (seconds * 1000) / requests.length;
  return {
    ...driven,
    cpuMs: each(cpuSeconds(pids) - before),
    allCpuMs: each(cpuSeconds(allPids(system)) - allBefore),
  };
}

function figuresOf(name: string, connections: number, { times, seconds, cpuMs, allCpuMs }: Measured): Figure[] {
  const n = times.length;
  const rps = { name: `${name}.c${connections}.rps`, value: n / seconds, unit: "1/s", n };
  const p95 = { name: `${name}.c${connections}.p95_ms`, value: quantile(times, 0.95), unit: "ms", n };
  const cpu = { name: `${name}.c${connections}.app_cpu_ms`, value: cpuMs, unit: "ms", n };
  const all = { name: `${name}.c${connections}.all_cpu_ms`, value: allCpuMs, unit: "ms", n };
  return [rps, p95, cpu, all];
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** All request figures that are wanted; each kind is warmed up first. */
export async function benchRequests(
  system: System,
  book: Book,
  wanted: Wanted,
  say: (text: string) => void,
): Promise<Figure[]> {
  const on = { system, book };
  const figures: Figure[] = [];
  const list = (index: number): PlainRequest => ({
    method: "POST",
    path: "/api/records/contact/query",
    body: {
      filter: { field: "owner", op: "eq", value: book.owners[index % book.owners.length] },
      sort: [{ field: "updatedAt", direction: "desc" }],
      limit: 50,
    },
  });
  if (wanted("list.owner50")) {
    say("lists");
    await measure(on, 4, times(300, list));
    figures.push(...figuresOf("list.owner50", 1, await measure(on, 1, times(500, list))));
    const loaded = await measure(on, 16, times(2500, list));
    figures.push(...figuresOf("list.owner50", 16, loaded));
    figures.push({ name: "list.owner50.app_cpu_ms", value: loaded.cpuMs, unit: "ms", n: 2500 });
  }
  if (wanted("read")) {
    say("reads");
    const ids = await contactIds(on);
    const read = (index: number): PlainRequest => ({
      method: "GET",
      path: `/api/records/contact/${ids[index % ids.length] ?? ""}`,
    });
    await measure(on, 4, times(300, read));
    figures.push(...figuresOf("read", 16, await measure(on, 16, times(4000, read))));
  }
  if (wanted("create") || wanted("update")) {
    say("writes");
    const create = (index: number): PlainRequest => ({
      method: "POST",
      path: "/api/records/contact",
      body: {
        values: {
          name: `新联系 ${index}`,
          phone: `137${String(10_000_000 + index)}`,
          email: `new${index}@customer.example`,
          jobTitle: "采购经理",
          owner: book.owners[index % book.owners.length],
        },
      },
    });
    await measure(
      on,
      4,
      times(200, (index) => create(index + 900_000)),
    );
    const created = await measure(on, 16, times(2500, create), { answers: true });
    figures.push(...figuresOf("create", 16, created));
    // Answers of our own contract.
    const written = created.answers.map((text) => JSON.parse(text) as { id: string; version: number });
    const update = (index: number): PlainRequest => {
      const one = written[index % written.length];
      return {
        method: "PATCH",
        path: `/api/records/contact/${one?.id ?? ""}`,
        body: { version: one?.version, values: { jobTitle: `经理 ${index}`, note: `第 ${index} 次联系` } },
      };
    };
    figures.push(...figuresOf("update", 16, await measure(on, 16, times(2500, update))));
  }
  if (wanted("search.request")) figures.push(...(await searches(on, say)));
  return figures;
}

/** What a person might type, by how many of the rows it finds. */
const typed: readonly (readonly [selectivity: string, words: readonly string[]])[] = [
  ["none", ["阚阚", "zqzqzq"]],
  ["percent", ["王伟", "zhangwei", "marlowe"]],
  ["tenth", ["李", "hn", "伟"]],
  ["most", ["a", "i"]],
];

async function searches(on: { system: System; book: Book }, say: (text: string) => void): Promise<Figure[]> {
  say("searches");
  const figures: Figure[] = [];
  const all: number[] = [];
  for (const [selectivity, words] of typed) {
    const search = (index: number): PlainRequest => ({
      method: "POST",
      path: "/api/records/contact/query",
      body: { search: words[index % words.length], limit: 50 },
    });
    await measure(on, 1, times(10, search));
    const { times: taken } = await measure(on, 1, times(100, search));
    all.push(...taken);
    figures.push({
      name: `search.request.${selectivity}.p95_ms`,
      value: quantile(taken, 0.95),
      unit: "ms",
      n: taken.length,
    });
  }
  return [{ name: "search.request.p95_ms", value: quantile(all, 0.95), unit: "ms", n: all.length }, ...figures];
}

async function contactIds(on: { system: System; book: Book }): Promise<string[]> {
  const pages = await measure(
    on,
    4,
    times(40, (index) => ({
      method: "POST",
      path: "/api/records/contact/query",
      body: { limit: 100, offset: index * 2400, columns: ["jobTitle"] },
    })),
    { answers: true },
  );
  // Answers of our own contract.
  return pages.answers.flatMap((text) => (JSON.parse(text) as { rows: { id: string }[] }).rows.map((row) => row.id));
}
