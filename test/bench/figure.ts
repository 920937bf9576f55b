// A figure as `npm run bench` reports it, and the bars the product wants to reach. Names are stable: later runs are
// compared by them.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** How many measurements stand behind the value. */
  readonly n: number;
}

interface Bar {
  readonly at: "least" | "most";
  readonly value: number;
}

const least = (value: number): Bar => ({ at: "least", value });
const most = (value: number): Bar => ({ at: "most", value });

/** For two cores, PostgreSQL counted. Figures without a bar are printed for comparison. */
const bars: Readonly<Record<string, Bar>> = {
  "import.contacts.rows_per_s": least(3000),
  "list.owner50.c1.p95_ms": most(30),
  "list.owner50.c16.rps": least(250),
  "list.owner50.app_cpu_ms": most(4),
  "read.c16.rps": least(400),
  "create.c16.rps": least(250),
  "update.c16.rps": least(250),
  "search.contains.p95_ms": most(10),
  "signed_path.p95_ms": most(5),
  "ledger.entries_per_s": least(5000),
  "ledger.p95_ms": most(10),
  "memory.idle_mb": most(500),
  "start.first_page_s": most(3),
  "start.search_warm_s": most(5),
  "install.packages": most(300),
  "install.mb": most(550),
};

/** One line of the table: name, value, the bar and whether it is met. */
export function lineOf({ name, value, unit, n }: Figure): string {
  const bar = bars[name];
  const met = bar && (bar.at === "least" ? value >= bar.value : value <= bar.value);
  const judged = bar ? `${bar.at === "least" ? ">=" : "<="} ${bar.value}`.padEnd(10) + (met ? "met" : "MISSED") : "";
  return `${name.padEnd(36)}${shown(value).padStart(10)} ${unit.padEnd(10)}${`n=${n}`.padEnd(10)}${judged}`.trimEnd();
}

export function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The value that the share `q` of all measurements does not exceed; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
