// Turns a process that started as root into its own unprivileged user, for good. It starts as root because the checkout
// may lie where that user cannot read: call this after all modules are loaded and all workers were created.
import type { OsUser } from "./os-users.ts";

/** Becomes `to`; with undefined (not started as root) does nothing. Throws when root could be taken back. */
export function dropPrivileges(to: OsUser | undefined): void {
  if (to === undefined) return;
  const { setgroups, setgid, setuid, getuid, getgid } = process;
  if (!setgroups || !setgid || !setuid || !getuid || !getgid) throw new Error("This system has no users to change to.");
  // Order matters: once the user id is given up, the groups can no longer be changed.
  setgroups.call(process, []);
  setgid.call(process, to.gid);
  setuid.call(process, to.uid);
  if (getuid() !== to.uid || getgid() !== to.gid || canBecomeRoot()) {
    throw new Error(`Could not become user ${to.uid}.`);
  }
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}
