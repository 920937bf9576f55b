// The command line's dispatcher: finds the command by its words, loads only that command's module, and turns what it
// returns into the exit code.
import { ConfigError } from "../supervisor/config.ts";

interface Command {
  readonly summary: string;
  /** The rest of the arguments, as the user typed them. Returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  "ledger verify": {
    summary: "check the audit log and all tagged rows: --witnessed FILE, --key FILE, --json",
    run: async (args) => {
      const [{ ledgerVerify }, { connectAuditor }] = await Promise.all([
        import("./ledger-verify.ts"),
        import("./auditor-connection.ts"),
      ]);
      return ledgerVerify(args, connectAuditor);
    },
  },
  doctor: {
    summary: "check this installation and say what to do: --language zh|en",
    run: async (args) => {
      const [{ doctor }, { connectAuditor }] = await Promise.all([
        import("./doctor.ts"),
        import("./auditor-connection.ts"),
      ]);
      return doctor(args, connectAuditor);
    },
  },
  import: {
    summary: "import a CSV file as the browser does, with a dry run first; --help lists the options",
    run: async (args) => (await import("./import.ts")).importCommand(args),
  },
  "backup now": {
    summary: "back up the whole company to one sealed file: --to FOLDER, --language zh|en",
    run: async (args) => (await import("./backup.ts")).backupNow(args),
  },
  "backup verify": {
    summary: "read a whole backup and say what is in it: FILE, --key ROOT-KEY-FILE",
    run: async (args) => (await import("./backup.ts")).backupVerify(args),
  },
  restore: {
    summary: "put a backup into an empty data folder; asks for the recovery kit's words: FILE, --key ROOT-KEY-FILE",
    run: async (args) => (await import("./backup.ts")).restore(args),
  },
  "device confirm": {
    summary: "confirm a company owner's device by the code it shows, when he has no confirmed one left",
    run: async (args) => (await import("./console.ts")).confirmDevice(args),
  },
  "sign-in reset": {
    summary: "give a company owner who lost password or authenticator a link for new ones: E-MAIL",
    run: async (args) => (await import("./console.ts")).resetSignIn(args),
  },
  "kit print": {
    summary: "print the recovery kit, the root key on paper: --language zh|en",
    run: async (args) => (await import("./kit.ts")).printKit(args),
  },
  "kit restore": {
    summary: "write the root key's file again from a recovery kit; asks for the words",
    run: async () => (await import("./kit.ts")).restoreKit(),
  },
};

function help(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  strongroom ${name.padEnd(16)}${summary}`);
  return [
    "Strongroom 金库 CRM: the command line, for whoever runs the server.",
    "",
    `  strongroom ${"start".padEnd(16)}start Strongroom (the same as npm start)`,
    ...rows,
    `  strongroom ${"help".padEnd(16)}this page`,
    "",
    "Settings come from the environment: STRONGROOM_DATA, STRONGROOM_KEYS, STRONGROOM_HOST, STRONGROOM_PORT,",
    "STRONGROOM_ORIGIN, STRONGROOM_TLS, STRONGROOM_TLS_CERT, STRONGROOM_TLS_KEY, STRONGROOM_TRUSTED_PROXIES, STRONGROOM_PROXY_HEADER,",
    "STRONGROOM_BACKUPS, DATABASE_URL.",
    "",
  ].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") {
    process.stdout.write(help());
    return 0;
  }
  const two = commands[`${first} ${second}`];
  if (two) return two.run(args.slice(2));
  const one = commands[first];
  if (one) return one.run(args.slice(1));
  process.stderr.write(`strongroom ${args.slice(0, 2).join(" ")}: there is no such command.\n\n${help()}`);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known =
    error instanceof ConfigError ||
    (error instanceof Error &&
      ["KeysUnusable", "RecoveryKitWrong", "DataFolderInUse", "InputEnded", "PostgresFailed"].includes(error.name));
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
