// Leaving: the session ends at the server, and nothing of what was seen stays in the page.
import { api } from "../api.ts";
import { forgetBinding } from "../device-key.ts";
import { queryClient } from "../query.ts";
import { toast } from "../ui/toast.tsx";

export async function signOut(): Promise<void> {
  try {
    await api.call("signOut", { quiet: true });
  } catch (error) {
    // Already ended elsewhere: gone is gone. Without an answer the session would live on, so that is said.
    const code = error instanceof Object && "code" in error ? error.code : undefined;
    if (code !== "session_ended" && code !== "device_unknown") {
      toast.problem(error);
      return;
    }
  }
  await forgetBinding();
  queryClient.clear();
  // A fresh page: no value that was on the screen is left in memory.
  location.assign("/sign-in");
}
