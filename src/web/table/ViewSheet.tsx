// Gives a view its name and says who sees it.
import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import type { ListView, ViewLayout, ViewSharing } from "../../contract/view-verbs.ts";
import { useMe } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import sheet from "../ui/sheet.module.css";
import { toast } from "../ui/toast.tsx";
import { viewWords as w } from "../words/lists.ts";
import { recordWords } from "../words/records.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { chipsOf, type FilterItem } from "./filter-model.ts";
import styles from "./table.module.css";
import type { Views } from "./use-views.ts";

interface Props {
  /** Absent: a new one. */
  readonly view: ListView | undefined;
  readonly layout: ViewLayout;
  readonly object: SchemaObject;
  readonly chips: readonly FilterItem[];
  readonly save: Views["save"];
  readonly onSaved: (id: string) => void;
  readonly onClose: () => void;
}

const sharings = ["private", "team", "company"] as const satisfies readonly ViewSharing[];

export function ViewSheet({ view, layout, object, chips, save, onSaved, onClose }: Props): ReactNode {
  const { t } = useLanguage();
  const me = useMe();
  const [name, setName] = useState(view?.name ?? "");
  const [sharing, setSharing] = useState<ViewSharing>(view?.sharing ?? "private");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const restricted = chipsOf(chips).some(
    ({ field, values }) => values.length > 0 && object.fields.find(({ key }) => key === field)?.class === 3,
  );
  const offered: Readonly<Record<ViewSharing, boolean>> = {
    private: true,
    team: me?.department !== null,
    company: me?.capabilities.includes("fields.define") === true,
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      // Naming a view changes nothing else of it.
      onSaved(await save({ id: view?.id, name: name.trim(), sharing, layout: view?.layout ?? layout }));
      toast.done(t(w.saved, { name: name.trim() }));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(view ? w.rename : w.save)}
      classNames={{ title: sheet["modalTitle"] ?? "" }}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      <form
        className={styles["viewForm"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") void submit();
        }}
      >
        <TextInput
          label={t(w.name)}
          description={t(w.nameHint)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxLength={60}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={t(w.sharing)}
          description={sharing === "private" ? undefined : t(w.rightsStay)}
          value={sharing}
          onChange={(next) => setSharing(sharings.find((one) => one === next) ?? "private")}
        >
          <div className={styles["sharings"]}>
            {sharings
              .filter((one) => offered[one])
              .map((one) => (
                <Radio key={one} value={one} label={t(w[one])} />
              ))}
          </div>
        </Radio.Group>
        {restricted && <p className={styles["second"]}>{t(w.withoutRestricted)}</p>}
        {problem !== undefined && <ErrorState inline problem={problem} />}
        <div className={sheet["modalFooter"]}>
          <Button variant="default" onClick={onClose}>
            {t(uiWords.cancel)}
          </Button>
          <Button type="submit" disabled={name.trim() === ""} loading={busy}>
            {t(recordWords.save)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
