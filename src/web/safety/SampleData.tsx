// Sample data in the settings: loaded by one click, cleared by one.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { apiQuery, queryClient, useSchema, useSession } from "../query.ts";
import { Panel } from "../ui/Panel.tsx";
import { toast } from "../ui/toast.tsx";
import { sampleWords as w } from "../words/first.ts";
import { useLanguage } from "../words/words.ts";

export function SampleData() {
  const { t, format, language } = useLanguage();
  const confirmed = useSession().data?.confirmed === true;
  const schema = useSchema().data;
  const sells = schema?.objects.find(({ key }) => key === "account")?.can.create !== "none";
  const may = confirmed && sells && schema?.me.capabilities.includes("fields.define") === true;
  const samples = useQuery({ ...apiQuery("readSamples"), enabled: may }).data?.records;
  const [busy, setBusy] = useState(false);
  if (!may || samples === undefined) return null;
  const act = async (): Promise<void> => {
    setBusy(true);
    try {
      const { records: n } =
        samples === 0
          ? await api.call("loadSamples", { body: { language } })
          : await api.call("clearSamples", { body: {} });
      await queryClient.invalidateQueries();
      toast.done(t(samples === 0 ? w.loaded : w.cleared, { n: format.number(n) }));
    } catch (error) {
      toast.problem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t(w.title)}
      text={samples === 0 ? t(w.none) : t(w.some, { n: format.number(samples) })}
      actions={
        <Button variant="default" loading={busy} onClick={() => void act()}>
          {t(samples === 0 ? w.load : w.clear)}
        </Button>
      }
    />
  );
}
