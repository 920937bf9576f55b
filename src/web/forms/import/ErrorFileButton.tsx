// The rows that are left out as a file of the same columns with their reasons: before the run, so that they can be mended
// first, and after it.
import { Button } from "@mantine/core";
import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ImportRefusedPage } from "../../../contract/import-verbs.ts";
import { api } from "../../api.ts";
import { toast } from "../../ui/toast.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import type { ImportJob } from "./import-plan.ts";

export function ErrorFileButton({ object, job }: { readonly object: string; readonly job: ImportJob }): ReactNode {
  const { t } = useLanguage();
  const [busy, setBusy] = useState(false);
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      save(await errorFile(object, job.id), `${job.fileName.replace(/\.\w+$/u, "")}-${t(w.errorFileName)}.csv`);
    } catch (error) {
      toast.problem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      leftSection={<Download size="1em" aria-hidden />}
      loading={busy}
      onClick={() => void download()}
    >
      {t(w.download)}
    </Button>
  );
}

async function errorFile(object: string, id: string): Promise<string> {
  let csv = "";
  let after: ImportRefusedPage["next"] = null;
  do {
    const page: ImportRefusedPage = await api.call("readImportErrors", {
      path: { object, id },
      body: { after },
    });
    csv += page.csv;
    after = page.next;
  } while (after !== null);
  return csv;
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
