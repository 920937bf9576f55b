// What may be done beside a list, import and create, and what stands in its place while it is empty.
import { Button } from "@mantine/core";
import { Plus, SearchX, Upload } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { iconOf } from "../frame/places.ts";
import { useSession } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";

/** Fetched when a form is opened first. */
const CreateSheet = lazy(async () => ({ default: (await import("../forms/CreateSheet.tsx")).CreateSheet }));

/** Import and create; `?new` in the address opens the form. */
export function ListActions({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  const [params, setParams] = useSearchParams();
  const opened = params.has("new");
  const setOpened = (next: boolean): void =>
    setParams(
      (now) => {
        if (next) now.set("new", "");
        else now.delete("new");
        return now;
      },
      { replace: true },
    );
  return (
    <>
      {may(object, "import") && (
        <Button
          component={Link}
          to={`/import?object=${object.key}`}
          variant="default"
          leftSection={<Upload size="1em" aria-hidden />}
        >
          {t(listWords.import)}
        </Button>
      )}
      {may(object, "create") && (
        <Button leftSection={<Plus size="1em" aria-hidden />} onClick={() => setOpened(true)}>
          {t(listWords.create, { object: inSentence(t(object.labels)) })}
        </Button>
      )}
      {may(object, "create") && opened && (
        <Suspense>
          <CreateSheet object={object.key} opened onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}

export function NothingListed({
  object,
  asked,
  onClear,
}: {
  readonly object: SchemaObject;
  readonly asked: boolean;
  readonly onClear: () => void;
}): ReactNode {
  const { t } = useLanguage();
  const [, setParams] = useSearchParams();
  const confirmed = useSession().data?.confirmed !== false;
  const objects = t(object.plural);
  if (asked) {
    return (
      <EmptyState
        icon={SearchX}
        title={t(listWords.noMatch, { objects: inSentence(objects) })}
        text={t(confirmed ? listWords.noMatchHint : listWords.noMatchUnconfirmed)}
        actions={
          <Button variant="default" onClick={onClear}>
            {t(listWords.clearAll)}
          </Button>
        }
      />
    );
  }
  const create = may(object, "create");
  return (
    <EmptyState
      icon={iconOf(object.key)}
      title={t(listWords.emptyTitle, { objects: inSentence(objects) })}
      text={create ? t(listWords.emptyHint) : t(listWords.emptyNoCreate, { objects: inSentence(objects) })}
      actions={
        create && (
          <>
            {may(object, "import") && (
              <Button component={Link} to={`/import?object=${object.key}`}>
                {t(listWords.importCsv)}
              </Button>
            )}
            <Button variant="default" onClick={() => setParams({ new: "" }, { replace: true })}>
              {t(listWords.create, { object: inSentence(t(object.labels)) })}
            </Button>
          </>
        )
      }
    />
  );
}

function may(object: SchemaObject, action: "create" | "import"): boolean {
  return (object.can[action] ?? "none") !== "none";
}
