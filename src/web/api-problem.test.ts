// What a refusal tells: a moment in it stands in the reader's own time, whatever the server's sentence says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readProblem } from "./api-problem.ts";
import { formats } from "./words/format.ts";
import { currentLanguage } from "./words/words.ts";

const answer = (body: unknown): Response => new Response(JSON.stringify(body), { status: 429 });

test("the end of a used-up allowance is told in the reader's time zone", async () => {
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const used = { code: "matches_used", title: "Free again at 00:00 UTC." };
  const { title } = await readProblem(answer({ ...used, extra: { until } }));
  assert.ok(title.includes(formats[currentLanguage()].dateTime(until)), title);
  assert.ok(!title.includes("UTC"), title);
  assert.equal((await readProblem(answer(used))).title, used.title);
  const other = { code: "too_many", title: "Too many.", extra: { until } };
  assert.equal((await readProblem(answer(other))).title, other.title);
});
