// The folder of the sockets: what another user could have laid there is refused, whoever starts.
import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { ConfigError } from "./config.ts";
import { claimRunFolder, demandOwnFolder, runFolderOf } from "./run-folder.ts";

const isRoot = process.getuid?.() === 0;
const own = process.getuid?.() ?? 0;
/** As root also the view of a user without rights; else one's own. */
const uids = isRoot ? [0, 65_534] : [own];
const base = mkdtempSync(path.join(tmpdir(), "strongroom-run-"));
after(() => rmSync(base, { recursive: true }));
let made = 0;

function folderOf(uid: number, mode = 0o700): string {
  made += 1;
  const folder = path.join(base, `folder-${made}`);
  mkdirSync(folder);
  chmodSync(folder, mode);
  if (isRoot) chownSync(folder, uid, uid);
  return folder;
}

const refused = (work: () => void, why: RegExp): void =>
  assert.throws(work, (error) => error instanceof ConfigError && why.test(error.message));

test("it lies in the data folder where the path allows it, else beside nobody else's", () => {
  assert.equal(runFolderOf("/var/lib/strongroom"), "/var/lib/strongroom/run");
  const long = `/var/lib/${"long/".repeat(20)}data`;
  const short = runFolderOf(long);
  assert.match(short, /\/strongroom-[0-9a-f]{16}$/);
  assert.equal(runFolderOf(long), short);
  assert.notEqual(runFolderOf(`${long}2`), short);
  if (isRoot && lstatSync("/run", { throwIfNoEntry: false })?.isDirectory()) assert.equal(path.dirname(short), "/run");
  assert.equal(path.dirname(runFolderOf(long, "/elsewhere")), "/elsewhere");
});

for (const uid of uids) {
  test(`user ${uid}: a missing one is made, one's own is taken`, () => {
    const folder = path.join(base, `new-${uid}`);
    if (uid === own) {
      claimRunFolder(folder, 0o700, uid);
      assert.equal(lstatSync(folder).mode & 0o777, 0o700);
      claimRunFolder(folder, 0o700, uid);
    }
    demandOwnFolder(folderOf(uid, 0o755), uid);
    claimRunFolder(folderOf(uid), 0o700, uid);
  });

  test(`user ${uid}: a link, a file, another's and an open folder are refused`, () => {
    const link = path.join(base, `link-${uid}`);
    symlinkSync(folderOf(uid), link);
    for (const check of [claimRunFolder.bind(undefined, link, 0o700), demandOwnFolder.bind(undefined, link)])
      refused(() => check(uid), /is a link/);
    const dangling = path.join(base, `dangling-${uid}`);
    symlinkSync(path.join(base, "nowhere"), dangling);
    refused(() => claimRunFolder(dangling, 0o700, uid), /is a link/);
    const file = path.join(base, `file-${uid}`);
    writeFileSync(file, "");
    refused(() => claimRunFolder(file, 0o700, uid), /not a folder/);
    refused(() => claimRunFolder(folderOf(uid), 0o700, uid + 1), /another user/);
    for (const mode of [0o770, 0o707, 0o777, 0o1777])
      refused(() => claimRunFolder(folderOf(uid, mode), 0o700, uid), /changed by other users/);
  });

  test(`user ${uid}: a place where others may rename things is refused, one with the sticky bit is not`, () => {
    refused(() => claimRunFolder(path.join(folderOf(own, 0o777), "run"), 0o700, uid), /changed by other users/);
    if (uid === own) claimRunFolder(path.join(folderOf(own, 0o1777), "run"), 0o700, uid);
  });
}
